package submission

import (
	"fmt"
	"net/netip"
	"testing"
	"time"
)

func TestWhoIsLockedOutByFailedLogIns(t *testing.T) {
	here, elsewhere, other := netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("198.51.100.1")
	times := func(n int, addr netip.Addr, user string) func(*throttle) {
		return func(t *throttle) {
			for range n {
				t.failed(addr, user)
			}
		}
	}
	many := func(n int, addr netip.Addr) func(*throttle) {
		return func(t *throttle) {
			for i := range n {
				t.failed(addr, fmt.Sprint("user", i))
			}
		}
	}
	tests := []struct {
		name   string
		good   bool // the one who asks has logged in before
		failed func(*throttle)
		addr   netip.Addr
		user   string
		wait   time.Duration
	}{
		{"nobody at first", false, times(0, here, ""), here, "alice", 0},
		{"four failures are a slip", false, times(4, elsewhere, "alice"), elsewhere, "alice", 0},
		{"five lock the address out", false, times(5, elsewhere, "alice"), elsewhere, "alice", time.Minute},
		{"for each further one it is longer", false, times(7, elsewhere, "alice"), elsewhere, "alice", 4 * time.Minute},
		{"but not forever", false, times(19, elsewhere, "alice"), elsewhere, "alice", time.Hour},
		{"whatever users it tries", false, many(5, elsewhere), elsewhere, "alice", time.Minute},
		{"and whoever else is behind it", true, many(5, elsewhere), elsewhere, "alice", time.Minute},
		{"not another address", false, times(5, elsewhere, "alice"), other, "alice", 0},
		{"twenty lock the user out everywhere", false, times(20, elsewhere, "alice"), other, "alice", time.Minute},
		{"except where it has logged in", true, times(20, elsewhere, "alice"), other, "alice", 0},
		{"a program here locks itself out", false, times(5, here, "old"), here, "old", time.Minute},
		{"not the other programs here", false, times(40, here, "old"), here, "alice", 0},
		{"who guesses many users here is stopped", false, many(50, here), here, "alice", time.Minute},
		{"and for no longer than a minute", false, many(60, here), here, "alice", time.Minute},
		{"without those here that have logged in", true, many(60, here), here, "alice", 0},
		{"or those elsewhere", false, many(60, here), elsewhere, "alice", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			now := time.Now()
			th := throttle{now: func() time.Time { return now }}
			if tt.good {
				th.succeeded(tt.addr, tt.user)
			}
			tt.failed(&th)
			if wait := max(0, th.wait(tt.addr, tt.user)); wait != tt.wait {
				t.Errorf("locked for %s, want %s", wait, tt.wait)
			}
		})
	}
}
