package main

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"spamreport/complaint"
	"spamreport/internal/approval"
	"spamreport/internal/mailbox"
	"spamreport/internal/pipeline"
	"spamreport/internal/store"
	"spamreport/internal/store/storetest"
	"spamreport/internal/web"
	"spamreport/relay"
)

// state is where a program finds the store with so many messages.
func state(dir string, size int) string { return filepath.Join(dir, fmt.Sprintf("ledger-%d", size)) }

// filled opens a store with so many messages, which it makes once.
func filled(ctx context.Context, dir string, size int) (*store.Store, error) {
	path := filepath.Join(state(dir, size), "spamreport", "spamreport.db")
	if _, err := os.Stat(path); err == nil {
		return store.Open(ctx, path, store.Options{})
	} else if !os.IsNotExist(err) {
		return nil, err
	}
	if err := storetest.Fill(ctx, path, storetest.Options{Messages: size, Days: 365, Networks: 3000}); err != nil {
		return nil, err
	}
	return store.Open(ctx, path, store.Options{})
}

func ledgerRows(sizes [3]int) []growth {
	return []growth{
		{"ledger: ask for a message, of so many", sizes, func(ctx context.Context, dir string, size int, units units) error {
			s, err := filled(ctx, dir, size)
			if err != nil {
				return err
			}
			defer func() { _ = s.Close() }()
			return units(3000, func(i int) error {
				_, err := s.Entry(ctx, fmt.Sprintf("not there %d", i))
				if err == complaint.ErrUnknown {
					err = nil
				}
				return err
			})
		}},
		{"ledger: file a complaint, beside so many messages", sizes, func(ctx context.Context, dir string, size int, units units) error {
			s, err := filled(ctx, dir, size)
			if err != nil {
				return err
			}
			defer func() { _ = s.Close() }()
			return units(300, func(i int) error {
				filing, place := filing(i)
				_, err := s.Record(ctx, []pipeline.Filing{filing}, place)
				return err
			})
		}},
	}
}

// filing is a complaint of 3 KB that goes into the queue.
func filing(i int) (pipeline.Filing, mailbox.Place) {
	sub := submission(i, 3000)
	now := time.Now()
	digest := sub.ID
	entry := complaint.Entry{
		Digest: digest, Spam: digest, MessageID: "<spam@x.example>", Subject: "You have won", From: "win@x.example",
		Source: netip.MustParseAddr("192.0.2.7"), Network: "NET 192.0.2.0/24", Contact: sub.Envelope.To[0],
		Prefix: netip.MustParsePrefix("192.0.2.0/24"), Country: "DE", Action: complaint.Sent, Why: "because", Seen: now, Received: now,
		Complaint: &complaint.Complaint{
			Incident: "SR-" + digest, MessageID: "<" + digest + "@me.example>", From: "me@example.org", To: sub.Envelope.To,
			Subject: "Spam", Format: "text", Text: "Dear desk", Raw: sub.Message,
		},
	}
	return pipeline.Filing{Entry: entry, Submission: &sub}, mailbox.Place{Account: "a", Folder: "f", UIDValidity: 1, UID: uint32(i + 1)}
}

func submission(i, size int) relay.Submission {
	return relay.Submission{
		ID: relay.NewID(), Envelope: relay.Envelope{From: "me@example.org", To: []string{fmt.Sprintf("abuse%d@isp.example", i%50)}},
		Message: []byte("Subject: x\r\n\r\n" + strings.Repeat("It is enclosed below.\r\n", size/23)), Queued: time.Now(),
	}
}

func queueRows() []growth {
	sizes := [3]int{1000, 10_000, 100_000}
	return []growth{
		{"relay: queue a message, before so many", sizes, func(ctx context.Context, dir string, size int, units units) error {
			q, stop, err := queued(ctx, dir, size)
			if err != nil {
				return err
			}
			defer stop()
			return units(500, func(i int) error { return q.Enqueue(ctx, submission(i, 8000)) })
		}},
		{"relay: lease, read and settle, of so many", sizes, func(ctx context.Context, dir string, size int, units units) error {
			q, stop, err := queued(ctx, dir, size)
			if err != nil {
				return err
			}
			defer stop()
			var jobs []relay.Job
			return units(300, func(int) error {
				now := time.Now()
				if len(jobs) == 0 {
					if jobs, err = q.Lease(ctx, now, 64); err != nil || len(jobs) == 0 {
						return fmt.Errorf("nothing is due: %w", err)
					}
				}
				job := jobs[0]
				jobs = jobs[1:]
				if _, err := q.Message(ctx, job.ID); err != nil {
					return err
				}
				return q.Settle(ctx, job.ID, now, []relay.Outcome{{Recipient: job.Recipients[0].Address, State: relay.Delivered, Reply: relay.Reply{Code: 250}}})
			})
		}},
	}
}

// queued opens a new store with so many messages in its queue.
func queued(ctx context.Context, dir string, size int) (*store.Queue, func(), error) {
	folder, err := os.MkdirTemp(dir, "queue-")
	if err != nil {
		return nil, nil, err
	}
	s, err := store.Open(ctx, filepath.Join(folder, "spamreport.db"), store.Options{})
	if err != nil {
		return nil, nil, err
	}
	var submitters sync.WaitGroup
	failed := make(chan error, 50)
	for range 50 { // at once, so that they share syncs
		submitters.Go(func() {
			for i := range size / 50 {
				if err := s.Queue().Enqueue(ctx, submission(i, 8000)); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	submitters.Wait()
	stop := func() { _, _ = s.Close(), os.RemoveAll(folder) }
	select {
	case err := <-failed:
		stop()
		return nil, nil, err
	default:
		return s.Queue(), stop, nil
	}
}

func pageRows(sizes [3]int) []growth {
	var rows []growth
	for _, p := range []struct{ name, path string }{
		{"overview", "/"},
		{"complaints", "/complaints"},
		{"search for a rare word", "/complaints?q=nowhere"},
		{"networks of all time", "/networks?span=0"},
		{"queue", "/queue"},
	} {
		rows = append(rows, growth{"page: " + p.name + ", over so many messages", sizes, func(ctx context.Context, dir string, size int, units units) error {
			s, err := filled(ctx, dir, size)
			if err != nil {
				return err
			}
			defer func() { _ = s.Close() }()
			return page(s, p.path, units)
		}})
	}
	return rows
}

func page(s *store.Store, path string, units units) error {
	const password = "correct horse"
	site := web.New(web.Options{
		Store: s, Approvals: approval.Desk{Ledger: s}, Version: "bench",
		CheckPassword: func(given string) bool { return given == password },
	})
	login := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/login", strings.NewReader(url.Values{"password": {password}}.Encode()))
	login.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	login.Header.Set("Sec-Fetch-Site", "same-origin")
	in := httptest.NewRecorder()
	site.Handler().ServeHTTP(in, login)
	cookies := in.Result().Cookies()
	if len(cookies) == 0 {
		return fmt.Errorf("sign in: %d: %w", in.Code, fs.ErrPermission)
	}
	return units(5, func(int) error {
		r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1"+path, nil)
		r.AddCookie(cookies[0])
		w := httptest.NewRecorder()
		site.Handler().ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			return fmt.Errorf("%s: %d", path, w.Code)
		}
		return nil
	})
}
