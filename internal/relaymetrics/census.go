package relaymetrics

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"spamreport/relay"
)

// Census counts what waits in the queue. It is implemented by internal/store.
type Census interface {
	// Census returns the recipients in each state that is not final, and when
	// the oldest of their messages was queued; zero when none waits.
	Census(ctx context.Context) (waiting map[relay.State]int, oldest time.Time, err error)
}

// Watch has the queue counted whenever Prometheus asks.
func (m *Metrics) Watch(c Census) { m.registry.MustRegister(census{c}) }

// census is a collector that asks the queue.
type census struct{ queue Census }

var (
	waitingDesc = prometheus.NewDesc("spamreport_relay_queue_recipients", "Recipients that wait in the queue, by state.", []string{"state"}, nil)
	oldestDesc  = prometheus.NewDesc("spamreport_relay_queue_oldest_seconds", "Age of the oldest message that waits; 0 when none does.", nil, nil)
)

// censusTime is how long the queue may take to count itself.
const censusTime = 5 * time.Second

// Describe implements prometheus.Collector.
func (census) Describe(ch chan<- *prometheus.Desc) {
	ch <- waitingDesc
	ch <- oldestDesc
}

// Collect implements prometheus.Collector.
func (c census) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), censusTime)
	defer cancel()
	waiting, oldest, err := c.queue.Census(ctx)
	if err != nil {
		ch <- prometheus.NewInvalidMetric(waitingDesc, err)
		return
	}
	for _, state := range []relay.State{relay.Queued, relay.Retrying, relay.OnHold} {
		ch <- prometheus.MustNewConstMetric(waitingDesc, prometheus.GaugeValue, float64(waiting[state]), string(state))
	}
	age := 0.0
	if !oldest.IsZero() {
		age = time.Since(oldest).Seconds()
	}
	ch <- prometheus.MustNewConstMetric(oldestDesc, prometheus.GaugeValue, age)
}
