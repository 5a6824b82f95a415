package headers

import (
	"errors"
	"strings"
	"testing"
)

// fit reports whether text is fit to be pasted into a complaint.
func fit(t *testing.T, texts ...string) {
	for _, s := range texts {
		for i := 0; i < len(s); i++ {
			if s[i] < ' ' || s[i] > '~' {
				t.Fatalf("%q is not fit to be pasted", s)
			}
		}
		if len(s) > 4000 {
			t.Fatalf("a text of %d bytes", len(s))
		}
	}
}

func FuzzParseReceived(f *testing.F) {
	for _, c := range receivedCases(f) {
		f.Add(c.line)
	}
	f.Add("from " + strings.Repeat("(", 200) + " by " + strings.Repeat("<\"", 50))
	f.Fuzz(func(t *testing.T, line string) {
		h := ParseReceived(line)
		for i := 0; i < len(h.Raw); i++ {
			if h.Raw[i] < ' ' || h.Raw[i] == 0x7f {
				t.Fatalf("control byte in %q", h.Raw)
			}
		}
		if again := describe(ParseReceived(h.Raw)); again != describe(h) {
			t.Fatalf("reading it again gives another hop:\n%s\n%s", describe(h), again)
		}
		if h.Kind == "" {
			t.Fatal("no kind")
		}
	})
}

func FuzzWalk(f *testing.F) {
	for _, c := range walkCases(f) {
		f.Add([]byte(c.block))
	}
	trust, _ := ParseTrust("example.org")
	w := &Walker{Trust: []TrustRule{trust}}
	f.Fuzz(func(t *testing.T, block []byte) {
		v := w.Walk(block)
		if again := w.Walk(block); describeVerdict(&again) != describeVerdict(&v) {
			t.Fatal("another verdict the second time")
		}
		if v.Source == nil && v.Reason == "" {
			t.Fatal("no source and no reason")
		}
		if v.Source != nil {
			if !public(v.Source.IP) {
				t.Fatalf("the source %s is not public", v.Source.IP)
			}
			if v.Source.Hop < 0 || v.Source.Hop >= len(v.Hops) || v.Hops[v.Source.Hop].Trust != TrustEdge {
				t.Fatalf("no source at hop %d", v.Source.Hop)
			}
			fit(t, v.Source.Reason, v.Source.Forwarded, v.Source.Provider)
		}
		if v.Origin != nil {
			if !public(v.Origin.IP) {
				t.Fatalf("the origin %s is not public", v.Origin.IP)
			}
			fit(t, v.Origin.Reason)
		}
		for _, h := range v.Hops {
			if h.Trust == "" || h.Note == "" {
				t.Fatalf("hop %d is not judged", h.N)
			}
			fit(t, h.Note)
		}
		for _, e := range v.Evidence {
			fit(t, e.Name, e.Value)
		}
		fit(t, v.Reason)
	})
}

func FuzzReadBlock(f *testing.F) {
	f.Add("Subject: a\r\n b\r\n\r\nbody")
	f.Add("From x\nSubject: a\n\n")
	f.Add("A: b\rC: d\r\rbody")
	f.Fuzz(func(t *testing.T, text string) {
		block, err := ReadBlock(strings.NewReader(text))
		if err != nil {
			if _, again := new(Reader).Walk(strings.NewReader(text)); !errors.Is(again, err) {
				t.Fatalf("ReadBlock says %v, a Reader %v", err, again)
			}
			return
		}
		var w Walker
		a, b := w.Walk(block), w.Walk([]byte(text))
		if describeVerdict(&a) != describeVerdict(&b) {
			t.Fatalf("the block gives\n%sand the message\n%s", describeVerdict(&a), describeVerdict(&b))
		}
		var r Reader
		for range 2 { // the second time in used memory
			c, err := r.Walk(strings.NewReader(text))
			if err != nil || describeVerdict(&c) != describeVerdict(&a) {
				t.Fatalf("the block gives\n%sand a Reader\n%s%v", describeVerdict(&a), describeVerdict(&c), err)
			}
		}
	})
}
