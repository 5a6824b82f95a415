package headers

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

const plainLine = "Received: from mail.example.net (unknown [192.0.2.7]) by mx.example.org (Postfix) with ESMTP id 42; Thu, 1 Jan 2026 10:00:00 +0000"

func TestEveryFileFormIsRead(t *testing.T) {
	lf := plainLine + "\nSubject: a\n b\n\nReceived: from body (x [198.51.100.1]) by y; \n"
	for _, c := range []struct{ name, text string }{
		{"LF", lf},
		{"CRLF", strings.ReplaceAll(lf, "\n", "\r\n")},
		{"CRCRLF", strings.ReplaceAll(lf, "\n", "\r\r\n")},
		{"CR alone", strings.ReplaceAll(lf, "\n", "\r")},
		{"mbox", "From ann@example.net  Thu Jan  1 10:00:00 2026\n" + lf},
		{"mbox, quoted", ">From ann@example.net  Thu Jan  1 10:00:00 2026\n" + lf},
		{"blank lines in front", "\n\r\n" + lf},
		{"byte order mark", "\xef\xbb\xbf" + lf},
		{"cut off in the header", plainLine},
		{"cut off in a fold", plainLine[:90] + "\n\t"},
		{"NULs", "\x00X: 1\nX-Y: \x00\n" + lf},
		{"NULs in front of the topmost line", "\x00\x00" + lf},
		{"bare CR in a field", "X-A: a\rReceived: from no (no [198.51.100.9]) by no;\n" + lf},
		{"junk between the fields", "no field at all\n" + lf},
		{"blank in front of the colon", strings.Replace(lf, "Received:", "Received :", 1)},
		{"any case", strings.Replace(lf, "Received:", "RECEIVED:", 1)},
		{"8-bit", "Subject: gr\xfc\xdfe \xe2\x82\xac\n" + lf},
	} {
		t.Run(c.name, func(t *testing.T) {
			block, err := ReadBlock(iotest.OneByteReader(strings.NewReader(c.text)))
			if err != nil {
				t.Fatal(err)
			}
			var w Walker
			v, whole := w.Walk(block), w.Walk([]byte(c.text))
			for _, got := range []Verdict{v, whole} {
				if got.Source == nil || got.Source.IP.String() != "192.0.2.7" || len(got.Hops) != 1 {
					t.Errorf("source %+v, %d hops, %s", got.Source, len(got.Hops), got.Reason)
				}
			}
		})
	}
}

func TestWhatIsNoMessageIsSaid(t *testing.T) {
	for _, text := range []string{"", "\n\n\n", "just text\nand more\n\nX: y\n", "\x00\x00\x00", "From ann\n", strings.Repeat("\n", 100000)} {
		if _, err := ReadBlock(strings.NewReader(text)); !errors.Is(err, ErrNoHeader) {
			t.Errorf("%.20q: %v", text, err)
		}
	}
	if _, err := ReadBlock(strings.NewReader("Subject: no trace\n\n")); err != nil {
		t.Errorf("a message without a trace: %v", err)
	}
	broken := errors.New("broken pipe")
	if _, err := ReadBlock(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("a read error is passed on, not %v", err)
	}
}

func TestOnlyTheHeaderIsRead(t *testing.T) {
	body := &countingReader{r: io.MultiReader(strings.NewReader(plainLine+"\n\n"), endless{})}
	if _, err := ReadBlock(body); err != nil {
		t.Fatal(err)
	}
	if body.n > readChunk {
		t.Errorf("read %d bytes of an endless body", body.n)
	}
	block, err := ReadBlock(io.MultiReader(strings.NewReader(plainLine+"\nX: "), endless{}))
	if err != nil || len(block) > MaxBlock {
		t.Errorf("an endless header: %d bytes, %v", len(block), err)
	}
	var w Walker
	if v := w.Walk(block); v.Source == nil {
		t.Error("the topmost line of an endless header is lost")
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

type countingReader struct {
	r io.Reader
	n int
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += n
	return n, err
}

func TestHostileHeadersTakeBoundedTime(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	for name, block := range map[string]string{
		"300 lines":              strings.Repeat(plainLine+"\n", 300),
		"50,000 lines":           strings.Repeat("Received: from a (localhost [127.0.0.1]) by b;\n", 50000),
		"a line of a megabyte":   "Received: from " + long + " by mx.example.org; x\n" + plainLine + "\n",
		"a megabyte of brackets": "Received: from " + strings.Repeat("(", 1<<20) + "\n" + plainLine + "\n",
		"a megabyte of quotes":   "Received: from " + strings.Repeat("\"<", 1<<19) + "\n" + plainLine + "\n",
		"a megabyte of words":    "Received: from " + strings.Repeat("by x ", 1<<18) + "\n" + plainLine + "\n",
		"a megabyte of folds":    "Received: from a" + strings.Repeat("\n b", 1<<18) + "\n" + plainLine + "\n",
		"a megabyte of results":  strings.Repeat("Authentication-Results: x; spf=pass (sender IP is 198.51.100.1)\n", 1<<14) + plainLine + "\n",
		"a megabyte of dates":    "Received: by x;" + strings.Repeat(" Thu, 1 Jan", 1<<17) + "\n" + plainLine + "\n",
		"one name a megabyte":    long + ": x\n" + plainLine + "\n",
		"digits and dots":        "Received: from x (" + strings.Repeat("1.", 1<<18) + ") by y;\n" + plainLine + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			w := Walker{}
			v := w.Walk([]byte(block))
			// What takes its time squared takes hours, whatever the machine has to do.
			if took := time.Since(start); took > time.Minute {
				t.Errorf("took %s", took)
			}
			if v.Source != nil && len(v.Source.Reason) > 4000 {
				t.Errorf("a reason of %d bytes", len(v.Source.Reason))
			}
		})
	}
}

func TestNothingBelowTheSourceMovesIt(t *testing.T) {
	var junk bytes.Buffer
	for _, c := range receivedCases(t) {
		junk.WriteString("Received: " + c.line + "\nAuthentication-Results: mx.example.org; spf=pass (sender IP is 198.51.100.3)\n")
	}
	for _, c := range walkCases(t) {
		w := c.walker(t)
		before := w.Walk([]byte(c.block))
		if before.Source == nil {
			continue
		}
		after := w.Walk([]byte(c.block + junk.String()))
		if after.Source == nil || after.Source.IP != before.Source.IP || after.Source.Hop != before.Source.Hop {
			t.Errorf("%s: lines below turned %+v into %+v", c.name, before.Source, after.Source)
		}
	}
}

func TestTheSameMessageGetsTheSameVerdict(t *testing.T) {
	cases := walkCases(t)
	w := &Walker{}
	first := make([]string, len(cases))
	for i, c := range cases {
		v := w.Walk([]byte(c.block))
		first[i] = describeVerdict(&v)
	}
	for i := len(cases) - 1; i >= 0; i-- {
		v := w.Walk([]byte(cases[i].block))
		if got := describeVerdict(&v); got != first[i] {
			t.Errorf("%s: %s then %s", cases[i].name, first[i], got)
		}
	}
}

func TestEveryRawLineIsWhatParseReceivedGives(t *testing.T) {
	var block strings.Builder
	cases := receivedCases(t)
	for _, c := range cases {
		block.WriteString("Received:  \r\n\t" + strings.ReplaceAll(c.line, " ", " \x01 \r\n ") + " \r\n")
	}
	for i, h := range Hops([]byte(block.String())) {
		one := ParseReceived(cases[i].line)
		if h.Raw != one.Raw || describe(h) != describe(one) {
			t.Errorf("line %d: %q, alone %q", i, h.Raw, one.Raw)
		}
	}
}
