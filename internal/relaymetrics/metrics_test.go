package relaymetrics_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"spamreport/internal/relaymetrics"
	"spamreport/internal/store"
	"spamreport/relay"
	"spamreport/relay/submission"
)

func TestWhatPrometheusSees(t *testing.T) {
	t.Parallel()
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "relay.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	m := relaymetrics.New()
	m.Watch(db.Queue())
	db.OnCommit(m.Committed)
	r := &relay.Relay{Queue: m.Queue(db.Queue())}
	envelope := relay.Envelope{From: "a@example.org", To: []string{"b@example.net", "c@example.net", "d@example.net"}}
	id, err := r.Submit(t.Context(), envelope, []byte("Subject: x\r\n\r\nx\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Queue.Lease(t.Context(), time.Now(), 1); err != nil {
		t.Fatal(err)
	}
	err = r.Queue.Settle(t.Context(), id, time.Now(), []relay.Outcome{
		{Recipient: "b@example.net", State: relay.Delivered, Reply: relay.Reply{Code: 250}},
		{Recipient: "c@example.net", State: relay.Failed, Reply: relay.Reply{Code: 550, Status: "5.1.1", Text: "user unknown"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	m.Session(1)
	m.Login(true)
	m.Login(false)
	m.Login(false)
	m.Refused(&submission.Refusal{Code: 550, Status: "5.7.1", Text: "x"})

	page := scrape(t, m)
	for _, want := range []string{
		`spamreport_relay_accepted_messages_total 1`,
		`spamreport_relay_accepted_bytes_total 17`,
		`spamreport_relay_attempts_total{state="delivered"} 1`,
		`spamreport_relay_attempts_total{state="failed"} 1`,
		`spamreport_relay_bounces_total{class="hard"} 1`,
		`spamreport_relay_queue_recipients{state="queued"} 1`,
		`spamreport_relay_queue_recipients{state="held"} 0`,
		`spamreport_submission_sessions 1`,
		`spamreport_submission_logins_total{result="failed"} 2`,
		`spamreport_submission_refused_total{status="5.7.1"} 1`,
		`spamreport_store_commit_writes_count 3`,
	} {
		if !strings.Contains(page, want+"\n") {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(page, "spamreport_relay_queue_oldest_seconds 0\n") {
		t.Error("the message that waits has no age")
	}
	if t.Failed() {
		t.Log(page)
	}
}

func scrape(t *testing.T, m *relaymetrics.Metrics) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- m.Serve(ctx, l, slog.New(slog.DiscardHandler)) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	response, err := http.Get("http://" + l.Addr().String() + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	page, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}
