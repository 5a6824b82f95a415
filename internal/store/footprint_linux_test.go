package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
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

// BenchmarkFootprint measures what one message costs a PostgreSQL server, and
// what it leaves there: processor time, octets of tables and indexes, and of the
// write-ahead log, which is what the disk has to take and replicas to receive. Filed in sections of 128, as sweeps
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
			own, server := cpuTime(), childrenTime()
			b.ResetTimer()
			file(b, s, b.N, kind)
			b.StopTimer()
			b.ReportMetric(float64((cpuTime()-own).Microseconds())/float64(b.N), "own-µs/op")
			b.ReportMetric(float64((childrenTime()-server).Microseconds())/float64(b.N), "server-µs/op")
			after, logAfter := footprint(b, db)
			b.ReportMetric(float64(after-octets)/float64(b.N), "octets/op")
			b.ReportMetric(float64(logAfter-log)/float64(b.N), "log-octets/op")
			if kind != complaint.Sent {
				return
			}
			own, server = cpuTime(), childrenTime()
			settleAll(b, s)
			b.ReportMetric(float64((cpuTime()-own).Microseconds())/float64(b.N), "own-µs-delivered/op")
			b.ReportMetric(float64((childrenTime()-server).Microseconds())/float64(b.N), "server-µs-delivered/op")
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

// childrenTime is the processor time of the processes below this one that run,
// and of their children that have ended: that of the server (proc(5)).
func childrenTime() time.Duration {
	const tick = time.Second / 100
	type process struct {
		parent int
		used   time.Duration
	}
	all := map[int]process{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended meanwhile
		}
		// The name of the program, in parentheses, may have blanks.
		_, rest, _ := strings.Cut(string(text), ") ")
		fields := strings.Fields(rest)
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(name)))
		p := process{}
		p.parent, _ = strconv.Atoi(fields[1])
		for _, ticks := range fields[11:15] {
			n, _ := strconv.ParseInt(ticks, 10, 64)
			p.used += time.Duration(n) * tick
		}
		all[pid] = p
	}
	var sum time.Duration
	for pid, p := range all {
		for above := pid; above > 1; above = all[above].parent {
			if above == os.Getpid() && pid != above {
				sum += p.used
			}
		}
	}
	return sum
}
