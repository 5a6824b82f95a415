package pipeline_test

import (
	"bytes"
	"errors"
	"testing"

	"spamreport/relay"
)

// stamp signs by a field on top.
type stamp struct{}

func (stamp) Sign(message []byte) ([]byte, error) {
	return append([]byte("X-Signed: yes\r\n"), message...), nil
}

// broken cannot sign.
type broken struct{}

var errNoKey = errors.New("no key")

func (broken) Sign([]byte) ([]byte, error) { return nil, errNoKey }

// inQueue returns the messages that wait in the queue.
func (r *rig) inQueue(t *testing.T) [][]byte {
	t.Helper()
	items, err := r.store.Queue().List(t.Context(), relay.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	var messages [][]byte
	for _, item := range items {
		message, err := r.store.Queue().Message(t.Context(), item.ID)
		if err != nil {
			t.Fatal(err)
		}
		messages = append(messages, message)
	}
	return messages
}

func (r *rig) wantSigned(t *testing.T, n int) {
	t.Helper()
	messages := r.inQueue(t)
	if len(messages) != n {
		t.Errorf("%d messages wait, want %d", len(messages), n)
	}
	for _, m := range messages {
		if bytes.Count(m, []byte("X-Signed: yes\r\n")) != 1 || !bytes.HasPrefix(m, []byte("X-Signed: ")) {
			t.Errorf("not signed once, on top: %.60q", m)
		}
	}
}

func TestComplaintsAreSignedWhenTheyAreQueued(t *testing.T) {
	r := newRig(t, spam(1), spam(2))
	r.sweep.Stages.Signer = stamp{}
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	r.wantSigned(t, 2)
}

func TestAComplaintThatWaitsForApprovalIsSignedWhenItGoes(t *testing.T) {
	r := newRig(t, spam(1))
	r.sweep.Auto = false
	r.sweep.Stages.Signer = stamp{}
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	held, err := r.store.Held(t.Context())
	if err != nil || len(held) != 1 || bytes.Contains(held[0].Complaint.Raw, []byte("X-Signed")) {
		t.Fatalf("held: %+v, %v", held, err)
	}
	r.approve(t, held[0])
	r.wantSigned(t, 1)
}

func TestALetterAboutSeveralMessagesIsSigned(t *testing.T) {
	r := twoDays(t)
	r.sweep.Stages.Signer = stamp{}
	r.tomorrow()
	before := len(r.inQueue(t))
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	after := r.inQueue(t)
	if len(after) != before+1 || !bytes.HasPrefix(after[len(after)-1], []byte("X-Signed: ")) {
		t.Errorf("%d messages, then %d: %.60q", before, len(after), after[len(after)-1])
	}
}

func TestWithoutAKeyNothingIsQueuedAndTheMessagesWait(t *testing.T) {
	r := newRig(t, spam(1))
	r.sweep.Stages.Signer = broken{}
	if err := r.run(t); !errors.Is(err, errNoKey) {
		t.Fatalf("error %v", err)
	}
	if r.queued(t) != 0 || len(r.folder.marked) != 0 {
		t.Errorf("%d queued, marked %v", r.queued(t), r.folder.marked)
	}
	r.sweep.Stages.Signer = stamp{}
	if err := r.run(t); err != nil {
		t.Fatal(err)
	}
	r.wantSigned(t, 1)
}
