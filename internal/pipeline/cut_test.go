package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"strings"
	"testing"
	"time"

	"spamreport/complaint"
	"spamreport/internal/mailbox"
	"spamreport/internal/pipeline"
	"spamreport/internal/servertest"
	"spamreport/internal/store"
	"spamreport/internal/store/storetest"
)

// cable is a sweep of a real IMAP session, over a cable that can be cut.
type cable struct {
	*rig
	box     *servertest.MemoryIMAP
	proxy   *servertest.Proxy
	account pipeline.Account
	want    map[string]complaint.Action // by digest
}

func newCable(t *testing.T) *cable {
	t.Helper()
	c := &cable{rig: newRig(t), box: servertest.NewMemoryIMAP(t, "Junk"), want: map[string]complaint.Action{}}
	for _, raw := range []string{spam(1), ham, spam(2), spam(3) + strings.Repeat("and again\r\n", 20)} {
		c.box.Append(t, []byte(raw))
		c.want[mailbox.Digest([]byte(raw))] = complaint.Sent
	}
	// Its header is enough to pass it over.
	delete(c.want, mailbox.Digest([]byte(ham)))
	c.want[mailbox.HeaderDigest([]byte(strings.TrimSuffix(ham, "x\r\n")))] = complaint.Skipped
	c.proxy = servertest.NewProxy(t, c.box.Addr)
	c.account = pipeline.Account{
		Walker: c.sweep.Stages.Walker, Folders: []string{"Junk"}, After: pipeline.After{Flag: true},
		Mailbox: mailbox.Account{
			Name: "home", Server: c.proxy.Addr, Security: mailbox.Plaintext, User: servertest.MemoryUser,
			Password: func(context.Context) (string, error) { return servertest.MemoryPassword, nil }, Timeout: 30 * time.Second,
		},
	}
	return c
}

// visit sweeps the account once.
func (c *cable) visit(t *testing.T) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	err := errors.Join(c.sweep.Account(ctx, c.account)...)
	if ctx.Err() != nil {
		t.Fatalf("the sweep hangs: %v", err)
	}
	return err
}

// recorded is what the ledger says, by digest.
func (c *cable) recorded(t *testing.T) map[string]complaint.Action {
	t.Helper()
	entries, err := c.store.History(t.Context(), store.HistoryFilter{})
	if err != nil {
		t.Fatal(err)
	}
	actions := map[string]complaint.Action{}
	for _, e := range entries {
		actions[e.Digest] = e.Action
	}
	return actions
}

// TestACableCutAtAnyOctetOfASweepIsMadeGoodByTheNext cuts the connection after
// 0, 1, 2, … octets from the server, anywhere in a command or a message. The
// sweep says that it is to be tried again and has put nothing on record but
// whole messages; the next one does the rest, each once.
func TestACableCutAtAnyOctetOfASweepIsMadeGoodByTheNext(t *testing.T) {
	whole := newCable(t)
	if err := whole.visit(t); err != nil || !maps.Equal(whole.recorded(t), whole.want) {
		t.Fatalf("uncut: %v, %v", err, whole.recorded(t))
	}
	length, step := whole.proxy.Passed(), int64(47)
	switch {
	case os.Getenv("CHAOS_ALL") == "1":
		step = 1
	case storetest.Postgres(): // a new database takes a while
		step = 501
	}
	cuts := 0
	for n := int64(0); n < length; n += step {
		cuts++
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			c := newCable(t)
			c.proxy.CutAfter(n)
			err := c.visit(t)
			// The farewell is nothing that anybody waits for.
			if err == nil && n < length-80 || err != nil && !errors.Is(err, mailbox.ErrTemporary) {
				t.Errorf("cut after %d of %d octets: %v", n, length, err)
			}
			for digest, action := range c.recorded(t) {
				if c.want[digest] != action {
					t.Errorf("on record is %s: %s", digest, action)
				}
			}
			c.proxy.CutAfter(-1)
			if err := c.visit(t); err != nil {
				t.Fatal(err)
			}
			c.check(t)
		})
	}
	if !t.Failed() {
		t.Logf("CHAOS %s: %d cuts of a session of %d octets, each made good", t.Name(), cuts, length)
	}
}

// check says what must be so in the end.
func (c *cable) check(t *testing.T) {
	t.Helper()
	if got := c.recorded(t); !maps.Equal(got, c.want) {
		t.Errorf("on record is %v, want %v", got, c.want)
	}
	if got := c.queued(t); got != 3 {
		t.Errorf("%d complaints are queued, want 3", got)
	}
	want := map[int64]string{1: mailbox.Reported, 2: "", 3: mailbox.Reported, 4: mailbox.Reported}
	got := c.box.Flags(t)
	for uid, flag := range want {
		if !strings.EqualFold(got[uid], flag) {
			t.Errorf("the flags of message %d are %q, want %q", uid, got[uid], flag)
		}
	}
}
