package headers

import (
	"fmt"
	"io"
	"strings"
	"testing"
)

func TestAReaderGivesTheVerdictOfAWalk(t *testing.T) {
	r := Reader{Walker: Walker{Trust: []TrustRule{{Domain: "example.org"}}}}
	var verdicts, inMemory []Verdict
	cases := walkCases(t)
	for _, c := range cases {
		v, err := r.Walk(strings.NewReader(c.block + "\nthe body"))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		verdicts = append(verdicts, v)
		message := []byte(c.block + "\nthe body")
		if v, err = r.WalkBlock(message); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		inMemory = append(inMemory, v)
		clear(message)
	}
	for i, c := range cases { // only now: later messages must not have changed them
		want := r.Walker.Walk([]byte(c.block))
		if got := describeVerdict(&verdicts[i]); got != describeVerdict(&want) {
			t.Errorf("%s: a Reader says\n%sand a Walker\n%s", c.name, got, describeVerdict(&want))
		}
		if got := describeVerdict(&inMemory[i]); got != describeVerdict(&want) {
			t.Errorf("%s: of a message in memory a Reader says\n%sand a Walker\n%s", c.name, got, describeVerdict(&want))
		}
	}
}

func TestTheHeaderMayEndAnywhereInAChunk(t *testing.T) {
	var r Reader
	for _, eol := range []string{"\n", "\r\n", "\r\r\n", "\r"} {
		for length := readChunk - 8; length < readChunk+8; length++ {
			header := plainLine + eol + "X: "
			header += strings.Repeat("x", length-len(header)) + eol
			below := "Received: from body (x [198.51.100.1]) by y" + eol
			v, err := r.Walk(strings.NewReader(header + eol + below))
			if err != nil || len(v.Hops) != 1 {
				t.Errorf("line end %q, header of %d bytes: %d hops, %v", eol, len(header), len(v.Hops), err)
			}
			v, err = r.Walk(strings.NewReader(header + below + eol))
			if err != nil || len(v.Hops) != 2 {
				t.Errorf("line end %q, field behind %d bytes: %d hops, %v", eol, len(header), len(v.Hops), err)
			}
		}
	}
}

func TestAReaderLeavesTheBodyAlone(t *testing.T) {
	message := &countingReader{r: io.MultiReader(strings.NewReader(plainLine+"\n\n"), endless{})}
	var r Reader
	if v, err := r.Walk(message); err != nil || v.Source == nil {
		t.Errorf("%+v, %v", v.Source, err)
	}
	if message.n > readChunk {
		t.Errorf("read %d bytes of an endless body", message.n)
	}
}

func ExampleReader() {
	var r Reader
	for _, id := range []string{"1", "2"} {
		v, err := r.Walk(strings.NewReader("Received: from mail.example.net (mail.example.net [192.0.2.7])\n" +
			"\tby mx.example.org (Postfix) with ESMTP; Thu, 1 Jan 2026 10:00:00 +0000\nMessage-ID: <" + id + "@example.net>\n\nHello\n"))
		fmt.Println(v.MessageID, v.Source.IP, err)
	}
	// Output:
	// <1@example.net> 192.0.2.7 <nil>
	// <2@example.net> 192.0.2.7 <nil>
}
