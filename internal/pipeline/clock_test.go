package pipeline_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"spamreport/complaint"
	"spamreport/internal/store"
	"spamreport/internal/store/storetest"
	"spamreport/lookup"
)

// TestAClockThatJumpsLosesNoComplaint lets spam come in while the clock is set to
// and fro, by hours and by years, while registries fall silent and desks have
// limits. Once the clock is right, every message is dealt with in days: none
// waits for a time that does not come, and none is filed twice.
func TestAClockThatJumpsLosesNoComplaint(t *testing.T) {
	worlds := 10
	switch {
	case os.Getenv("CHAOS_ALL") == "1":
		worlds = 300
	case storetest.Postgres(): // a new database takes a while
		worlds = 2
	}
	jumps, messages := 0, 0
	for seed := range worlds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			j := newJumper(t, uint64(seed))
			for range 12 {
				j.jump()
				j.comes(1 + j.rand.IntN(3))
				j.sweep()
			}
			jumps, messages = jumps+12, messages+len(j.folder.messages)
			j.settle()
		})
	}
	if !t.Failed() {
		t.Logf("CHAOS %s: %d jumps, %d messages, each dealt with", t.Name(), jumps, messages)
	}
}

// jumper is a rig with a clock that somebody plays with.
type jumper struct {
	*rig
	t    *testing.T
	rand *rand.Rand
	true time.Time     // what the time is
	off  time.Duration // how wrong the clock is
}

func newJumper(t *testing.T, seed uint64) *jumper {
	j := &jumper{t: t, rand: rand.New(rand.NewPCG(seed, 1)), true: time.Now()}
	j.rig = newRigAt(t, func() time.Time { return j.true.Add(j.off) })
	j.sweepPolicy()
	return j
}

func (j *jumper) sweepPolicy() {
	p := &j.rig.sweep.Stages.Policy
	p.PerContactPerDay, p.CoolDown, p.MergeFor = 3, time.Hour, 7*24*time.Hour
}

// jump lets some time pass and sets the clock anew.
func (j *jumper) jump() {
	j.true = j.true.Add(time.Duration(j.rand.IntN(120)) * time.Minute)
	offs := []time.Duration{
		0, 0, 10 * time.Hour, -5 * time.Hour, 3 * 24 * time.Hour, -2 * 24 * time.Hour, 10 * 365 * 24 * time.Hour, -365 * 24 * time.Hour,
	}
	j.off = offs[j.rand.IntN(len(offs))]
	j.desks.err = nil
	if j.rand.IntN(3) == 0 {
		j.desks.err = fmt.Errorf("lookup: %w", lookup.ErrUnreachable)
	}
}

// comes puts messages into the folder, of a few campaigns.
func (j *jumper) comes(n int) {
	for range n {
		uid := uint32(len(j.folder.messages) + 1)
		j.folder.messages[uid] = spam(1+j.rand.IntN(200)) + fmt.Sprintf("%d\r\n", uid)
	}
}

func (j *jumper) sweep() {
	j.t.Helper()
	if err := j.run(j.t); err != nil {
		j.t.Fatal(err)
	}
}

// settle sets the clock right and sweeps now and then, until nothing is
// deferred any more.
func (j *jumper) settle() {
	j.t.Helper()
	j.off, j.desks.err = 0, nil
	const days = 20
	for range days * 12 {
		j.sweep()
		if counts := j.outcomes(); counts[complaint.Deferred] == 0 {
			j.check(counts)
			return
		}
		j.true = j.true.Add(2 * time.Hour)
	}
	j.t.Errorf("after %d days with a clock that is right: %v", days, j.outcomes())
}

// outcomes counts what became of the messages.
func (j *jumper) outcomes() map[complaint.Action]int {
	j.t.Helper()
	entries, err := j.store.History(j.t.Context(), store.HistoryFilter{})
	if err != nil {
		j.t.Fatal(err)
	}
	counts := map[complaint.Action]int{}
	for _, e := range entries {
		counts[e.Action]++
	}
	return counts
}

func (j *jumper) check(counts map[complaint.Action]int) {
	j.t.Helper()
	if n := counts[complaint.Sent] + counts[complaint.Merged]; n != len(j.folder.messages) {
		j.t.Errorf("%d messages, and these outcomes: %v", len(j.folder.messages), counts)
	}
	if n := j.queued(j.t); n != counts[complaint.Sent] {
		j.t.Errorf("%d complaints are in the queue, and %d were filed", n, counts[complaint.Sent])
	}
	for uid := range j.folder.messages {
		if j.folder.marked[uid] == 0 {
			j.t.Errorf("message %d is not marked", uid)
		}
	}
}
