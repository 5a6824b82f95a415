package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"spamreport/complaint"
	"spamreport/internal/mailbox"
	"spamreport/internal/pipeline"
	"spamreport/internal/store"
	"spamreport/internal/store/storetest"
	"spamreport/relay"
)

// BenchmarkFootprint measures what one message leaves in a PostgreSQL server:
// octets of tables and indexes, and of the write-ahead log, which is what the
// disk has to take and replicas to receive. Filed in sections of 128, as sweeps
// do. It is what docs/scaling.md reckons with:
//
//	SPAMREPORT_TEST_DATABASE=postgres go test -run '^$' -bench Footprint -benchtime 20000x ./internal/store
func BenchmarkFootprint(b *testing.B) {
	if !storetest.Postgres() {
		b.Skip("only a server has a log: set " + storetest.Variable + "=postgres")
	}
	for _, kind := range []complaint.Action{complaint.Skipped, complaint.Merged, complaint.Sent} {
		b.Run(string(kind), func(b *testing.B) {
			name := storetest.Name(b)
			s := open(b, name)
			db, err := sql.Open("pgx", name)
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = db.Close() }()
			file(b, s, 1, complaint.Sent) // the complaint that copies are merged into
			octets, log := footprint(b, db)
			b.ResetTimer()
			file(b, s, b.N, kind)
			b.StopTimer()
			after, logAfter := footprint(b, db)
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
			b.ReportMetric(float64(after-octets)/float64(b.N), "octets/op")
			b.ReportMetric(float64(logAfter-log)/float64(b.N), "log-octets/op")
			if kind != complaint.Sent {
				return
			}
			settleAll(b, s)
			_, delivered := footprint(b, db)
			b.ReportMetric(float64(delivered-logAfter)/float64(b.N), "log-octets-delivered/op")
		})
	}
}

// file records n messages, each of its kind. A complaint has 8 KB with its
// evidence.
func file(b *testing.B, s *store.Store, n int, kind complaint.Action) {
	b.Helper()
	const section = 128
	text := "Subject: Spam\r\n\r\n" + strings.Repeat("It is enclosed below with its headers.\r\n", 200)
	for first := 0; first < n; first += section {
		var all []pipeline.Outcome
		for i := first; i < min(n, first+section); i++ {
			e := entry(fmt.Sprintf("%s-%063d", kind, i), kind)
			e.Key = complaint.Key{Fingerprint: fmt.Sprintf("%s%d", kind, i), Kind: complaint.KindSource, About: "192.0.2.0/24", Contact: desk}
			var sub *relay.Submission
			switch kind {
			case complaint.Sent:
				one := submission(8000, desk)
				sub, e.Complaint.Text, e.Complaint.Raw = &one, text[:1500], []byte(text)
			case complaint.Merged:
				e.Incident, e.Complaint = "sent-"+fmt.Sprintf("%063d", 0), nil
			default:
				e.Complaint, e.Contact = nil, ""
			}
			place := mailbox.Place{Account: "home", Folder: "Junk", UIDValidity: 1, UID: uint32(i + 1)}
			all = append(all, pipeline.Outcome{Cases: []pipeline.Filing{{Entry: e, Submission: sub}}, Place: place})
		}
		if _, err := s.RecordAll(context.Background(), all); err != nil {
			b.Fatal(err)
		}
	}
}

func settleAll(b *testing.B, s *store.Store) {
	b.Helper()
	for {
		jobs, err := s.Queue().Lease(b.Context(), time.Now(), 128)
		if err != nil {
			b.Fatal(err)
		}
		if len(jobs) == 0 {
			return
		}
		for _, job := range jobs {
			sent := relay.Outcome{Recipient: job.Recipients[0].Address, State: relay.Delivered, Reply: relay.Reply{Code: 250}}
			if err := s.Queue().Settle(b.Context(), job.ID, time.Now(), []relay.Outcome{sent}); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// footprint is the size of the database's tables with everything that belongs
// to them, and the place in the log.
func footprint(b *testing.B, db *sql.DB) (octets, log int64) {
	b.Helper()
	err := db.QueryRowContext(b.Context(), `SELECT (SELECT COALESCE(SUM(pg_total_relation_size(oid)), 0) FROM pg_class
		WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace), pg_current_wal_lsn() - '0/0'::pg_lsn`).Scan(&octets, &log)
	if err != nil {
		b.Fatal(err)
	}
	return octets, log
}
