package mailbox

import (
	"bufio"
	"bytes"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

// strangers are formats that people take for a saved message, told by the
// octets that they begin with, and what to do instead.
var strangers = []struct{ magic, what string }{
	{
		"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
		"an Outlook message (.msg), which leaves out a part of the header; in Outlook forward the message as an attachment, or save it as .eml from Outlook on the web",
	},
	{"!BDN", "an Outlook data file (.pst or .ost); save the messages one by one as .eml"},
	{"\xff\xfe", "UTF-16 text; save the message as .eml, not as text"},
	{"\xfe\xff", "UTF-16 text; save the message as .eml, not as text"},
	{"PK\x03\x04", "a zip archive; unpack it first"},
	{"\x1f\x8b", "compressed (gzip); unpack it first"},
	{"%PDF-", "a PDF, which has no header fields; save the original message as .eml"},
}

// StrangeFormat says that a file is no mail message, but something known.
type StrangeFormat string

func (f StrangeFormat) Error() string { return "this is " + string(f) }

func strange(begin []byte) error {
	for _, s := range strangers {
		if bytes.HasPrefix(begin, []byte(s.magic)) {
			return StrangeFormat(s.what)
		}
	}
	return nil
}

// skipMark passes over a UTF-8 byte order mark, which editors put in front.
func skipMark(in *bufio.Reader, begin []byte) []byte {
	rest, marked := bytes.CutPrefix(begin, []byte("\xef\xbb\xbf"))
	if marked {
		_, _ = in.Discard(len(begin) - len(rest)) // it was peeked at
	}
	return rest
}

// skipCount passes over the first line of an .emlx, Apple Mail's format: the
// octets of the message in decimal, padded with spaces. The message follows,
// and after it a property list that is not part of it. No message begins so: a
// header field has a colon.
func skipCount(in *bufio.Reader, begin []byte) (size int64, ok bool) {
	line, _, ended := bytes.Cut(begin, []byte("\n"))
	if !ended {
		return 0, false
	}
	size, err := strconv.ParseInt(string(bytes.TrimRight(line, " \t\r")), 10, 64)
	if err != nil || size <= 0 || line[0] == '+' {
		return 0, false
	}
	_, _ = in.Discard(len(line) + 1) // it was peeked at
	return size, true
}

// indexes are what mail programs keep beside their messages: names, or ends of
// names.
var indexes = []string{
	".msf", "msgFilterRules.dat", "filterlog.html", "popstate.dat", // Thunderbird
	"table_of_contents", ".plist", // Apple Mail
	".pst", ".ost", // Outlook
}

func isIndex(entry fs.DirEntry) bool {
	return !entry.IsDir() && slices.ContainsFunc(indexes, func(end string) bool { return strings.HasSuffix(entry.Name(), end) })
}
