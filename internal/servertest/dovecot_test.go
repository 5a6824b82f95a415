package servertest

import (
	"strings"
	"testing"
)

func TestTwoDovecotsRunSideBySideAndKeepTheirMailOverARestart(t *testing.T) {
	one := Dovecot(t, DovecotOptions{})
	two := Dovecot(t, DovecotOptions{})
	message := []byte("Subject: hello\r\n\r\nbody\r\n")
	one.Append(t, DovecotUser, "Junk", message)

	if got := two.Messages(t, DovecotUser, "Junk"); len(got) != 0 {
		t.Errorf("the second server has mail of the first: %q", got)
	}
	one.Stop()
	one.Start(t)
	got := one.Messages(t, DovecotUser, "Junk")
	if len(got) != 1 || string(got[0]) != string(message) {
		t.Errorf("after a restart the folder holds %q", got)
	}
	for uid, flags := range one.Flags(t, DovecotUser, "Junk") {
		if len(flags) != 0 {
			t.Errorf("message %d has flags %v", uid, flags)
		}
	}
	if log := one.Log(); strings.Contains(log, "Error:") || strings.Contains(log, "Fatal:") {
		t.Error(log)
	}
}
