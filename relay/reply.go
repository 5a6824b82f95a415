package relay

import (
	"bufio"
	"errors"
	"fmt"
	"net/textproto"
	"regexp"
	"strconv"
	"strings"
)

// enhanced matches an enhanced status code at the start of a reply
// (RFC 2034 §4).
var enhanced = regexp.MustCompile(`^([245]\.\d{1,3}\.\d{1,3})(?:\s+|$)`)

// String writes a reply as the server did.
func (r Reply) String() string {
	var parts []string
	if r.Code != 0 {
		parts = append(parts, strconv.Itoa(r.Code))
	}
	if r.Status != "" {
		parts = append(parts, r.Status)
	}
	if r.Text != "" {
		parts = append(parts, r.Text)
	}
	return strings.Join(parts, " ")
}

// parseReply reads the text of a reply. Each line of a long one repeats the
// enhanced code, which is kept once.
func parseReply(code int, text string) Reply {
	r := Reply{Code: code}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		line = printable(strings.TrimSpace(line))
		if m := enhanced.FindStringSubmatch(line); m != nil {
			r.Status = m[1]
			line = line[len(m[0]):]
		}
		lines[i] = line
	}
	r.Text = strings.TrimSpace(strings.Join(lines, " "))
	return r
}

// errBabble says that what came is no reply.
var errBabble = errors.New("the server does not speak SMTP")

// readReply reads a reply, which has a code of three digits on each of its
// lines (RFC 5321 §4.2). The text behind the code may be missing, which
// net/textproto does not take. How much a server may say is up to the meter.
func readReply(in *bufio.Reader) (Reply, error) {
	var lines []string
	first := 0
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return Reply{}, err // half a line is none
		}
		line = strings.TrimRight(line, "\r\n")
		code, text, more, ok := splitReply(line)
		if !ok || first != 0 && code != first {
			return Reply{}, fmt.Errorf("%w: %s", errBabble, printable(clipped(line)))
		}
		first, lines = code, append(lines, text)
		if !more {
			return parseReply(code, strings.Join(lines, "\n")), nil
		}
	}
}

// splitReply takes a line of a reply apart; more says that another one follows.
func splitReply(line string) (code int, text string, more, ok bool) {
	if len(line) < 3 || len(line) > 3 && line[3] != ' ' && line[3] != '-' {
		return 0, "", false, false
	}
	for _, digit := range []byte(line[:3]) {
		if digit < '0' || digit > '9' {
			return 0, "", false, false
		}
		code = 10*code + int(digit-'0')
	}
	if len(line) > 3 {
		text, more = line[4:], line[3] == '-'
	}
	return code, text, more, code >= 100
}

// clipped is the beginning of what a server said, to be shown.
func clipped(line string) string { return line[:min(len(line), 200)] }

// replyOf turns what went wrong into a reply: the server's, if it was one.
func replyOf(err error) Reply {
	var e *textproto.Error
	if errors.As(err, &e) {
		return parseReply(e.Code, e.Msg)
	}
	return Reply{Text: printable(err.Error())}
}

// printable replaces control characters: a reply is shown on terminals and in
// logs, and the server may not be friendly.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
}

// stateOf says what a reply means for a recipient (RFC 5321 §4.2.1). Only a
// clear refusal is final; nonsense is tried again.
func stateOf(r Reply) State {
	switch r.Code / 100 {
	case 2:
		return Delivered
	case 5:
		return Failed
	}
	return Retrying
}
