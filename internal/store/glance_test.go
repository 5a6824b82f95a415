package store

import (
	"errors"
	"testing"
)

func TestWhatWasReadAMomentAgoIsNotReadAgain(t *testing.T) {
	var g glance[int]
	reads := 0
	read := func() (int, error) { reads++; return reads, nil }
	for range 3 {
		if v, err := g.look("a", read); v != 1 || err != nil {
			t.Errorf("%d, %v, want what was read first", v, err)
		}
	}
	if v, _ := g.look("b", read); v != 2 {
		t.Errorf("%d for another key", v)
	}
}

func TestAChangeIsSeenAtOnce(t *testing.T) {
	var g glance[string]
	is := "old"
	read := func() (string, error) { return is, nil }
	_, _ = g.look("a", read) // as "old"
	is = "new"
	g.forget()
	if v, _ := g.look("a", read); v != "new" {
		t.Errorf("%q after the change", v)
	}
}

func TestWhatWasReadBeforeAChangeIsNotKeptAfterIt(t *testing.T) {
	var g glance[string]
	_, _ = g.look("a", func() (string, error) { g.forget(); return "old", nil }) // it changes while it is read
	if v, _ := g.look("a", func() (string, error) { return "new", nil }); v != "new" {
		t.Errorf("%q after the change", v)
	}
}

func TestAnErrorIsNotKept(t *testing.T) {
	var g glance[int]
	if _, err := g.look("a", func() (int, error) { return 0, errors.New("busy") }); err == nil {
		t.Error("the error is lost")
	}
	if v, err := g.look("a", func() (int, error) { return 7, nil }); v != 7 || err != nil {
		t.Errorf("%d, %v after an error", v, err)
	}
}

func TestTheMemoryForGlancesIsBounded(t *testing.T) {
	var g glance[int]
	for n := range 3 * glanceMost {
		_, _ = g.look(string(rune(n)), func() (int, error) { return n, nil }) // fails never
	}
	if len(g.seen) > glanceMost {
		t.Errorf("%d values are kept, at most %d may be", len(g.seen), glanceMost)
	}
}
