package submission

import (
	"bufio"
	"bytes"
	"errors"
	"strings"
	"unicode/utf8"
)

// errLine is a command that is not well formed.
var errLine = errors.New("")

type lineError string

func (e lineError) Error() string        { return string(e) }
func (e lineError) Is(target error) bool { return target == errLine }

// readLine reads a command with its CRLF. It is valid until the next read.
func (g *gate) readLine() ([]byte, error) {
	line, err := g.in.ReadSlice('\n')
	limit := maxCommand
	if g.reply == 334 || len(line) > 4 && strings.EqualFold(string(line[:4]), "AUTH") {
		limit = maxAuthLine
	}
	switch {
	case errors.Is(err, bufio.ErrBufferFull), err == nil && len(line) > limit:
		return nil, lineError("command line too long")
	case err != nil:
		return nil, err
	case len(line) < 2 || line[len(line)-2] != '\r':
		return nil, lineError("a line ends with CR and LF (RFC 5321 section 2.3.8)")
	}
	text := line[:len(line)-2]
	if bytes.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) || !utf8.Valid(text) {
		return nil, lineError("control character in a command")
	}
	return line, nil
}
