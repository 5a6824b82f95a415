package watch_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"spamreport/internal/mailbox"
	"spamreport/internal/watch"
)

var errDown = fmt.Errorf("no route: %w", mailbox.ErrTemporary)

// stage plays a mailbox: each connection is one act, whose steps fail or
// succeed as written, one word each; after the last act nothing fails.
type stage struct {
	acts []string // "down", "refused", "visit-fails" …, see step
	log  []string
	from time.Time
}

func (s *stage) note(what string) {
	s.log = append(s.log, fmt.Sprintf("%s %s", time.Since(s.from).Round(time.Second), what))
}

func (s *stage) act() string {
	if len(s.acts) == 0 {
		return ""
	}
	return s.acts[0]
}

func (s *stage) next() {
	if len(s.acts) > 0 {
		s.acts = s.acts[1:]
	}
}

type session struct{ *stage }

func (s session) Select(_ context.Context, name string, _ bool) (mailbox.Folder, error) {
	if s.act() == "no folder" {
		s.next()
		return mailbox.Folder{}, mailbox.ErrNoFolder
	}
	return mailbox.Folder{Name: name}, nil
}

func (s session) Wait(ctx context.Context, limit time.Duration) error {
	switch s.act() {
	case "lost":
		s.next()
		return errDown
	case "news":
		s.next()
		return nil
	}
	select {
	case <-time.After(limit):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (session) Close() error { return nil }

func (s *stage) dial(context.Context) (session, error) {
	switch s.act() {
	case "down":
		s.note("down")
		s.next()
		return session{}, errDown
	case "refused":
		s.note("refused")
		s.next()
		return session{}, mailbox.ErrLogin
	}
	return session{s}, nil
}

func (s *stage) visit(context.Context, session, mailbox.Folder) error {
	if s.act() == "visit fails" {
		s.note("visit fails")
		s.next()
		return errDown
	}
	s.note("visit")
	return nil
}

// exact is DefaultPause without the part that is chance.
func exact(failures int, forPerson bool) time.Duration {
	if forPerson {
		return time.Hour
	}
	return time.Second << (failures - 1)
}

func TestAWatch(t *testing.T) {
	for name, c := range map[string]struct {
		acts  string
		lasts time.Duration
		want  string
		err   error
	}{
		"visits a folder now and then":                   {"", 25 * time.Minute, "0s visit, 10m0s visit, 20m0s visit", nil},
		"visits it when there are news":                  {"news, news", time.Minute, "0s visit, 0s visit, 0s visit", nil},
		"comes back after a lost connection":             {"lost", time.Minute, "0s visit, 1s visit", nil},
		"waits longer each time":                         {"lost, down, down, down", time.Minute, "0s visit, 1s down, 3s down, 7s down, 15s visit", nil},
		"begins anew once it was through":                {"lost, down, lost, down", time.Minute, "0s visit, 1s down, 3s visit, 4s down, 6s visit", nil},
		"repeats a visit that broke off":                 {"visit fails", time.Minute, "0s visit fails, 1s visit", nil},
		"does not count a visit that broke off as one":   {"visit fails, visit fails", time.Minute, "0s visit fails, 1s visit fails, 3s visit", nil},
		"starts while the server is down":                {"down, down", time.Minute, "0s down, 1s down, 3s visit", nil},
		"gives up at once when the password is refused":  {"refused", time.Minute, "0s refused", mailbox.ErrLogin},
		"gives up when there is no such folder":          {"no folder", time.Minute, "", mailbox.ErrNoFolder},
		"insists, but seldom, when it had been accepted": {"lost, refused, refused", 3 * time.Hour, "0s visit, 1s refused, 1h0m1s refused, 2h0m1s visit, 2h10m1s visit, 2h20m1s visit, 2h30m1s visit, 2h40m1s visit, 2h50m1s visit", nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &stage{from: time.Now()}
				if c.acts != "" {
					s.acts = strings.Split(c.acts, ", ")
				}
				w := watch.Watch[session]{Account: "home", Folder: "Junk", Dial: s.dial, Visit: s.visit, Pause: exact}
				ctx, cancel := context.WithTimeout(t.Context(), c.lasts)
				defer cancel()
				if err := w.Run(ctx); !errors.Is(err, c.err) {
					t.Errorf("it ended with %v", err)
				}
				if got := strings.Join(s.log, ", "); got != c.want {
					t.Errorf("got  %s\nwant %s", got, c.want)
				}
			})
		})
	}
}

// turns are handed out one after the other, each of which lasts a while.
type turns struct {
	s    *stage
	last time.Duration
}

func (t turns) next(context.Context) (watch.Turn, error) {
	t.s.note("turn")
	ctx, cancel := context.WithTimeout(context.Background(), t.last)
	return turn{t.s, ctx, cancel}, nil
}

type turn struct {
	s      *stage
	ctx    context.Context
	cancel context.CancelFunc
}

func (t turn) Still(context.Context) error { return t.ctx.Err() }

func (t turn) Within(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	context.AfterFunc(t.ctx, cancel)
	return ctx, cancel
}

func (t turn) End() {
	t.cancel()
	t.s.note("end")
}

func TestAWatchWhoseTurnIsOver(t *testing.T) {
	for name, c := range map[string]struct {
		visit time.Duration // that each takes
		want  string
	}{
		"stops waiting for news": {0, "0s turn, 0s visit, 3m0s end, 3m0s turn, 3m0s visit, 5m0s end"},
		"breaks off its visit":   {time.Hour, "0s turn, 0s visit, 3m0s end, 3m0s turn, 3m0s visit, 5m0s end"},
	} {
		t.Run(name+", and goes on with the next turn at once", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &stage{from: time.Now()}
				visit := func(ctx context.Context, on session, f mailbox.Folder) error {
					if err := s.visit(ctx, on, f); err != nil || c.visit == 0 {
						return err
					}
					select {
					case <-ctx.Done():
						return ctx.Err()
					case <-time.After(c.visit):
						return nil
					}
				}
				w := watch.Watch[session]{
					Account: "home", Folder: "Junk", Dial: s.dial, Visit: visit, Pause: exact, Turn: turns{s, 3 * time.Minute}.next,
				}
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
				defer cancel()
				if err := w.Run(ctx); err != nil {
					t.Errorf("it ended with %v", err)
				}
				if got := strings.Join(s.log, ", "); got != c.want {
					t.Errorf("got  %s\nwant %s", got, c.want)
				}
			})
		})
	}
}

func TestPausesGrowToALimit(t *testing.T) {
	for failures, want := range map[int]time.Duration{1: time.Second, 2: 2 * time.Second, 9: 256 * time.Second, 10: 5 * time.Minute, 1000: 5 * time.Minute} {
		for range 100 {
			if got := watch.DefaultPause(failures, false); got > want || got < want*4/5 {
				t.Errorf("after %d failures: %s", failures, got)
			}
		}
	}
	if got := watch.DefaultPause(1, true); got < 4*time.Minute {
		t.Errorf("a refused password is tried again after %s", got)
	}
}
