// Package relaymetrics counts what the relay does, for Prometheus. It looks on
// from outside: at the queue, which it stands in front of, and at the
// submission server, whose observer it is.
package relaymetrics

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"spamreport/relay"
	"spamreport/relay/bounce"
	"spamreport/relay/submission"
)

var _ submission.Observer = (*Metrics)(nil)

// Metrics are the figures.
type Metrics struct {
	registry *prometheus.Registry

	sessions  prometheus.Gauge
	logins    *prometheus.CounterVec
	refused   *prometheus.CounterVec
	accepted  prometheus.Counter
	octets    prometheus.Counter
	outcomes  *prometheus.CounterVec
	bounces   *prometheus.CounterVec
	committed prometheus.Histogram
}

// New makes the figures, all zero.
func New() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		sessions: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "spamreport_submission_sessions", Help: "Clients that are connected.",
		}),
		logins: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "spamreport_submission_logins_total", Help: "Log-ins by result: ok or failed.",
		}, []string{"result"}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "spamreport_submission_refused_total", Help: "Refusals by enhanced status code (RFC 3463).",
		}, []string{"status"}),
		accepted: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "spamreport_relay_accepted_messages_total", Help: "Messages that were accepted and are on disk.",
		}),
		octets: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "spamreport_relay_accepted_bytes_total", Help: "Octets of the messages that were accepted.",
		}),
		outcomes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "spamreport_relay_attempts_total", Help: "Attempts to deliver to a recipient, by what came of it: delivered, retrying, failed.",
		}, []string{"state"}),
		bounces: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "spamreport_relay_bounces_total", Help: "Recipients that failed for good, by class: hard, soft, block, unknown.",
		}, []string{"class"}),
		committed: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "spamreport_store_commit_writes", Help: "Writes that shared one wait for the disk.",
			Buckets: []float64{1, 2, 4, 8, 16, 32, 64, 128},
		}),
	}
	m.registry.MustRegister(m.sessions, m.logins, m.refused, m.accepted, m.octets, m.outcomes, m.bounces, m.committed)
	return m
}

// Session implements submission.Observer.
func (m *Metrics) Session(delta int) { m.sessions.Add(float64(delta)) }

// Login implements submission.Observer.
func (m *Metrics) Login(ok bool) {
	result := "failed"
	if ok {
		result = "ok"
	}
	m.logins.WithLabelValues(result).Inc()
}

// Refused implements submission.Observer.
func (m *Metrics) Refused(r *submission.Refusal) { m.refused.WithLabelValues(r.Status).Inc() }

// Committed is told how many writes shared a commit; see store.Store.OnCommit.
func (m *Metrics) Committed(writes int) { m.committed.Observe(float64(writes)) }

// Queue returns a queue that counts what passes.
func (m *Metrics) Queue(q relay.Queue) relay.Queue { return counting{q, m} }

// counting is a queue that counts.
type counting struct {
	relay.Queue
	m *Metrics
}

// Enqueue implements relay.Queue.
func (c counting) Enqueue(ctx context.Context, s relay.Submission) error {
	err := c.Queue.Enqueue(ctx, s)
	if err == nil {
		c.m.accepted.Inc()
		c.m.octets.Add(float64(len(s.Message)))
	}
	return err
}

// Settle implements relay.Queue.
func (c counting) Settle(ctx context.Context, id string, now time.Time, outcomes []relay.Outcome) error {
	err := c.Queue.Settle(ctx, id, now, outcomes)
	if err != nil {
		return err
	}
	for _, o := range outcomes {
		c.m.outcomes.WithLabelValues(string(o.State)).Inc()
		if o.State == relay.Failed {
			v := bounce.Classify(o.Reply.Code, o.Reply.Status, o.Reply.Text)
			c.m.bounces.WithLabelValues(string(v.Class)).Inc()
		}
	}
	return nil
}

// Serve answers Prometheus at /metrics until ctx ends.
func (m *Metrics) Serve(ctx context.Context, l net.Listener, log *slog.Logger) error {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn), ErrorHandling: promhttp.ContinueOnError,
		MaxRequestsInFlight: 4, Timeout: 10 * time.Second,
	}))
	server := &http.Server{
		Handler: mux, ReadTimeout: 10 * time.Second, WriteTimeout: 20 * time.Second, IdleTimeout: time.Minute,
		MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
