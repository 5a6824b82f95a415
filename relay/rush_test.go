package relay

import (
	"testing"
	"time"
)

func TestWhenTheDispatcherLooksForWhatCameIn(t *testing.T) {
	ms := func(n ...int) (all []time.Duration) {
		for _, n := range n {
			all = append(all, time.Duration(n)*time.Millisecond)
		}
		return all
	}
	var every10 []time.Duration // for longer than a rush may last
	for at := time.Duration(0); at <= longestRush+lull; at += lull / 2 {
		every10 = append(every10, at)
	}
	tests := []struct {
		name     string
		accepted []time.Duration
		asked    time.Duration // at that time
		ready    bool
		wait     time.Duration
	}{
		{"nothing came in", nil, 0, false, 0},
		{"a message alone is looked for at once", ms(0), 0, true, 0},
		{"so is one that comes a while after another", ms(0, 20), 20 * time.Millisecond, true, 0},
		{"one upon another waits for a lull", ms(0, 5), 5 * time.Millisecond, false, lull},
		{"each one that comes puts it off", ms(0, 5, 10, 15), 20 * time.Millisecond, false, lull - 5*time.Millisecond},
		{"after a lull the rush is over", ms(0, 5, 10), 30 * time.Millisecond, true, 0},
		{"shortly before its longest it waits for that", every10[:len(every10)-3], longestRush, false, lull / 2},
		{"then nothing puts it off any more", every10, longestRush + lull, true, 0},
	}
	begin := time.Now()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var r rush
			for _, at := range tt.accepted {
				r.accepted(begin.Add(at))
			}
			ready, wait := r.look(begin.Add(tt.asked))
			if ready != tt.ready || wait != tt.wait {
				t.Errorf("ready %v, wait %s; want %v, %s", ready, wait, tt.ready, tt.wait)
			}
		})
	}
}

func TestWhatOthersPutIntoTheQueueIsLookedForAtOnceAndOnce(t *testing.T) {
	var r rush
	r.put()
	now := time.Now()
	if ready, _ := r.look(now); !ready {
		t.Error("it is not looked for")
	}
	if ready, wait := r.look(now); ready || wait != 0 {
		t.Error("it is looked for again, without news")
	}
}
