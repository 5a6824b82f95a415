package mailbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	letter  = "Subject: x\n\nbody\n"
	fromOne = "From a@example.org Mon Jan  2 15:04:05 2006\n"
)

// lay makes files below a new folder. A text that begins with "-> " makes a
// symbolic link, the name of a folder ends in a slash.
func lay(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		if target, link := strings.CutPrefix(text, "-> "); link {
			err = os.Symlink(target, path)
		} else if strings.HasSuffix(name, "/") {
			err = os.MkdirAll(path, 0o755)
		} else {
			err = os.WriteFile(path, []byte(text), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// read drains Open into lines: name, a space, the text or "! " and the error.
// Paths lose the folder.
func read(t *testing.T, dir, path string, opts FileOptions) []string {
	t.Helper()
	var lines []string
	for m, err := range Open(t.Context(), path, opts) {
		line := fmt.Sprintf("%s %q", m.Name, m.Raw)
		if err != nil {
			line = m.Name + " ! " + err.Error()
			if !strings.Contains(err.Error(), path) && path != "-" {
				t.Errorf("%q does not name %s", err, path)
			}
		} else if m.Digest != Digest(m.Raw) || m.Size != int64(len(m.Raw)) || m.Truncated {
			t.Errorf("%s: digest, size %d or truncated %t is wrong for %q", m.Name, m.Size, m.Truncated, m.Raw)
		}
		lines = append(lines, strings.ReplaceAll(line, dir+"/", ""))
	}
	return lines
}

func TestEveryKindOfFileIsRead(t *testing.T) {
	t.Parallel()
	dir := lay(t, map[string]string{
		"plain.eml":    letter,
		"from.eml":     fromOne + letter,
		"obsolete.eml": "From : a@example.org\n\nbody\n",
		"crlf.mbox": strings.ReplaceAll(fromOne+"Subject: 1\n\nFrom our family\n>From me\n>>From you\n\n"+
			fromOne+"Subject: 2\n\n\n\n", "\n", "\r\n"),
		"unended.mbox":           fromOne + letter + "\n" + fromOne + "Subject: 3\n\nno end",
		"undated.mbox":           "From a\n" + letter + "\nFrom b\n" + letter + "From here on\n\nFrom c\n" + letter,
		"holes.mbox":             fromOne + fromOne + letter,
		"nothing.mbox":           fromOne,
		"md/cur/1:2,S":           letter,
		"md/new/2":               letter,
		"md/tmp/3":               "unfinished",
		"md/dovecot-uidlist":     "3 V1 N2",
		"md/.Junk/cur/4:2,":      letter,
		"md/sub/cur/5:2,":        letter,
		"md/sub/new/":            "",
		"md/sub/maildirfolder":   "",
		"tree/b/2.eml":           letter,
		"tree/a.mbox":            fromOne + letter + "\n" + fromOne + letter,
		"tree/.hidden":           letter,
		"tree/c-empty.eml":       "",
		"tree/d-inside.eml":      "-> b/2.eml",
		"tree/e-outside.eml":     "-> ../plain.eml",
		"tree/f-nowhere.eml":     "-> nowhere",
		"tree/g-up":              "-> ..",
		"tree/h-circle":          "-> .",
		"bare/":                  "",
		"only-dots/.hidden":      letter,
		"empty.eml":              "",
		"link.eml":               "-> plain.eml",
		"two\nlines \x1b[1m.eml": letter,
	})
	one := fmt.Sprintf(" %q", letter)
	for path, want := range map[string][]string{
		"plain.eml":    {"plain.eml" + one},
		"link.eml":     {"link.eml" + one},
		"from.eml":     {"from.eml" + one},
		"obsolete.eml": {fmt.Sprintf("obsolete.eml %q", "From : a@example.org\n\nbody\n")},
		"crlf.mbox": {
			fmt.Sprintf("crlf.mbox#1 %q", "Subject: 1\r\n\r\nFrom our family\r\nFrom me\r\n>From you\r\n"),
			fmt.Sprintf("crlf.mbox#2 %q", "Subject: 2\r\n\r\n\r\n"),
		},
		"unended.mbox": {"unended.mbox#1" + one, fmt.Sprintf("unended.mbox#2 %q", "Subject: 3\n\nno end")},
		"undated.mbox": {"undated.mbox#1" + one, fmt.Sprintf("undated.mbox#2 %q", letter+"From here on\n"), "undated.mbox#3" + one},
		"holes.mbox":   {"holes.mbox#1 ! read holes.mbox#1: empty, no message in it", "holes.mbox#2" + one},
		"nothing.mbox": {"nothing.mbox ! read nothing.mbox: empty, no message in it"},
		"md":           {"md/cur/1:2,S" + one, "md/new/2" + one, "md/sub/cur/5:2," + one},
		"md/.Junk":     {"md/.Junk/cur/4:2," + one},
		"tree": {
			"tree/a.mbox#1" + one, "tree/a.mbox#2" + one, "tree/b/2.eml" + one,
			"tree/c-empty.eml ! read tree/c-empty.eml: empty, no message in it",
			"tree/d-inside.eml" + one,
			"tree/e-outside.eml ! read tree/e-outside.eml: " + ErrLink.Error(),
			"tree/f-nowhere.eml ! read tree/f-nowhere.eml: " + ErrLink.Error(),
			"tree/g-up ! read tree/g-up: " + ErrLink.Error(),
		},
		"bare":                   {"bare ! read bare: no messages in this folder"},
		"only-dots":              {"only-dots ! read only-dots: no messages in this folder"},
		"empty.eml":              {"empty.eml ! read empty.eml: empty, no message in it"},
		"missing.eml":            {"missing.eml ! read missing.eml: no such file or directory"},
		"two\nlines \x1b[1m.eml": {"two\nlines \x1b[1m.eml" + one},
	} {
		if diff := cmp.Diff(want, read(t, dir, filepath.Join(dir, path), FileOptions{})); diff != "" {
			t.Errorf("%s:\n%s", path, diff)
		}
	}
}

func TestStandardInputIsAFileCalledDash(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		input string
		opts  FileOptions
		want  []string
	}{
		"a message": {letter, FileOptions{}, []string{fmt.Sprintf("- %q", letter)}},
		"an mbox": {
			fromOne + letter + "\n" + fromOne + letter,
			FileOptions{},
			[]string{fmt.Sprintf("-#1 %q", letter), fmt.Sprintf("-#2 %q", letter)},
		},
		"a pipe that quotes nothing": {
			fromOne + letter + "\n" + fromOne + letter + ">From\n",
			FileOptions{OneMessage: true},
			[]string{fmt.Sprintf("- %q", letter+"\n"+fromOne+letter+">From\n")},
		},
		"nothing": {"", FileOptions{}, []string{"- ! read -: empty, no message in it"}},
	} {
		tt.opts.Stdin = strings.NewReader(tt.input)
		if diff := cmp.Diff(tt.want, read(t, "", "-", tt.opts)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestAFileThatMayNotBeReadDoesNotEndTheWalk(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		t.Skip("root may read every file; see TestAReadErrorNamesTheFile")
	}
	dir := lay(t, map[string]string{"a.eml": letter, "b.eml": letter, "c/d.eml": letter, "e.eml": letter})
	_ = os.Chmod(filepath.Join(dir, "a.eml"), 0)
	_ = os.Chmod(filepath.Join(dir, "c"), 0)
	t.Cleanup(func() { _ = os.Chmod(filepath.Join(dir, "c"), 0o755) })
	var got []string
	for m, err := range Open(t.Context(), dir, FileOptions{}) {
		got = append(got, fmt.Sprint(filepath.Base(m.Name), errors.Is(err, fs.ErrPermission)))
	}
	if want := []string{"a.emltrue", "b.emlfalse", "ctrue", "e.emlfalse"}; !cmp.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// brokenReader fails after its text.
type brokenReader struct{ io.Reader }

func (b brokenReader) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		err = &fs.PathError{Op: "read", Path: "/dev/sda", Err: syscall.EIO}
	}
	return n, err
}

func TestAReadErrorNamesTheFile(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"at once": "", "in a message": letter, "in an mbox": fromOne + letter,
		"in a large message": letter + strings.Repeat("x", 1<<20),
	} {
		var last error
		for _, err := range Open(t.Context(), "-", FileOptions{Stdin: brokenReader{strings.NewReader(text)}}) {
			last = err
		}
		if !errors.Is(last, syscall.EIO) || last.Error() != "read -: input/output error" {
			t.Errorf("%s: %v", name, last)
		}
	}
}

func TestALargeMessageIsCutButKnownWhole(t *testing.T) {
	t.Parallel()
	large := letter + strings.Repeat("line\n", 1000)
	dir := lay(t, map[string]string{"a.eml": large, "b.mbox": fromOne + large + "\n" + fromOne + letter})
	opts := FileOptions{Limits: Limits{Keep: 100, Max: 6000}}
	for m, err := range Open(t.Context(), dir, opts) {
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(m.Name, "#2") {
			continue
		}
		if len(m.Raw) != 100 || !m.Truncated || m.Digest != Digest([]byte(large)) {
			t.Errorf("%s: %d octets, truncated %t, digest %s", m.Name, len(m.Raw), m.Truncated, m.Digest)
		}
	}
	opts.Max = 1000
	var got []string
	for m, err := range Open(t.Context(), dir, opts) {
		got = append(got, fmt.Sprint(filepath.Base(m.Name), " ", errors.Is(err, ErrTooLarge)))
	}
	if want := []string{"a.eml true", "b.mbox#1 true", "b.mbox#2 false"}; !cmp.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestAnEndlessInputEnds(t *testing.T) {
	t.Parallel()
	opts := FileOptions{Limits: Limits{Max: 10 << 20}, Stdin: endless{}}
	for _, err := range Open(t.Context(), "-", opts) {
		if !errors.Is(err, ErrTooLarge) {
			t.Error(err)
		}
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return copy(p, "x\n"), nil }

func TestAContextEndsTheWalk(t *testing.T) {
	t.Parallel()
	dir := lay(t, map[string]string{"a.eml": letter, "b.eml": letter, "c.eml": letter})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	items := 0
	var last error
	for _, err := range Open(ctx, dir, FileOptions{}) {
		items, last = items+1, err
		cancel()
	}
	if items != 2 || !errors.Is(last, context.Canceled) {
		t.Errorf("%d items, %v", items, last)
	}
	for range Open(t.Context(), dir, FileOptions{}) {
		break // a caller may leave
	}
}
