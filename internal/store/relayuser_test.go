package store_test

import (
	"errors"
	"testing"
	"time"

	"spamreport/internal/store"
	"spamreport/internal/store/storetest"
	smtpd "spamreport/relay/submission"
)

func TestUsersOfTheRelay(t *testing.T) {
	t.Parallel()
	now := time.UnixMilli(1_700_000_000_000).UTC()
	s := storetest.New(t, store.Options{Now: func() time.Time { return now }})
	t.Cleanup(func() { _ = s.Close() })
	ctx, users := t.Context(), s.RelayUsers()
	steps := []struct {
		name string
		do   func() error
		want error
	}{
		{"add", func() error { return users.Add(ctx, "Bob@example.org", "h1") }, nil},
		{"add another", func() error { return users.Add(ctx, "alice", "h2") }, nil},
		{"add one again, in other letters", func() error { return users.Add(ctx, "bob@EXAMPLE.org", "h3") }, store.ErrUserExists},
		{"a new password", func() error { return users.SetHash(ctx, "BOB@example.org", "h4") }, nil},
		{"a password for nobody", func() error { return users.SetHash(ctx, "nobody", "h") }, smtpd.ErrNoUser},
		{"a log-in", func() error { return users.LoggedIn(ctx, "bob@example.org", now.Add(time.Hour)) }, nil},
		{"disable", func() error { return users.Disable(ctx, "alice", true) }, nil},
		{"disable nobody", func() error { return users.Disable(ctx, "nobody", true) }, smtpd.ErrNoUser},
	}
	for _, step := range steps {
		if err := step.do(); !errors.Is(err, step.want) {
			t.Errorf("%s: %v, want %v", step.name, err, step.want)
		}
	}
	got, err := users.List(ctx)
	if err != nil {
		t.Fatal(err)
	}
	want := []smtpd.User{
		{Name: "alice", Hash: "h2", Disabled: true, Created: now},
		{Name: "bob@example.org", Hash: "h4", Created: now, LastLogin: now.Add(time.Hour)},
	}
	if len(got) != 2 || got[0].Name != want[0].Name || !got[0].Disabled || got[0].Hash != "h2" ||
		got[1].Hash != "h4" || !got[1].LastLogin.Equal(want[1].LastLogin) || !got[1].Created.Equal(now) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if err := users.Remove(ctx, "Alice"); err != nil {
		t.Error(err)
	}
	if _, err := users.User(ctx, "alice"); !errors.Is(err, smtpd.ErrNoUser) {
		t.Errorf("removed, but %v", err)
	}
}
