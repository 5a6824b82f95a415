package templates

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// MaxLetter bounds what one letter can grow to, headers included.
const MaxLetter = 1 << 20

var errTooLong = fmt.Errorf("the letter grew over %d octets", MaxLetter)

// Letter is a written letter.
type Letter struct {
	Subject string
	Body    string
}

// Execute writes a letter with the given facts. Errors name the file and line.
func (s *Set) Execute(name string, facts Facts) (Letter, error) {
	t, ok := s.letters[name]
	if !ok {
		_, err := s.Source(name)
		if err == nil {
			err = fmt.Errorf("%w: %q holds shared passages", ErrNoLetter, name)
		}
		return Letter{}, err
	}
	var out boundedBuilder
	if err := t.Execute(&out, facts); err != nil {
		if errors.Is(err, errTooLong) { // text/template does not say where
			return Letter{}, fmt.Errorf("%s: %w", s.sources[name].Path, err)
		}
		return Letter{}, s.located(err)
	}
	head, body, _ := strings.Cut(out.String(), "\n\n")
	subject := strings.TrimPrefix(head, "Subject: ")
	return Letter{
		Subject: strings.Join(strings.Fields(subject), " "),
		Body:    strings.TrimRight(body, "\n") + "\n",
	}, nil
}

// Check writes every letter and every opening with made-up facts, once with all of them and once
// with as few as can be, and returns what goes wrong: a field that does not
// exist shows only when a letter is written.
func (s *Set) Check() error {
	var problems []error
	for _, name := range s.Names() {
		for _, facts := range []Facts{Sample(), sparse()} {
			letter, err := s.Execute(name, facts)
			if err == nil && letter.Subject == "" {
				err = fmt.Errorf("%s: the subject is empty", s.sources[name].Path)
			}
			if err != nil {
				problems = append(problems, err)
				break // the sparse facts would only say it again
			}
		}
	}
	return distinct(append(problems, s.checkOpenings()))
}

// distinct joins errors, each once: a mistake in a shared passage shows in
// every letter.
func distinct(problems []error) error {
	seen := map[string]bool{}
	return errors.Join(slices.DeleteFunc(problems, func(err error) bool {
		again := err == nil || seen[err.Error()]
		if err != nil {
			seen[err.Error()] = true
		}
		return again
	})...)
}

// position finds what text/template writes in front of its errors.
var position = regexp.MustCompile(`^template: ([^:]+):(\d+)`)

// located turns "template: NAME:12:3: …" into "PATH:12:3: …", which editors
// can jump to.
func (s *Set) located(err error) error {
	m := position.FindStringSubmatch(err.Error())
	if m == nil {
		return fmt.Errorf("templates: %w", err)
	}
	what := strings.TrimPrefix(err.Error(), m[0])
	if strings.HasSuffix(what, ": unexpected EOF") {
		what += ": an {{end}} is missing"
	}
	return &locatedError{
		text: s.sources[m[1]].Path + ":" + m[2] + what,
		err:  err,
	}
}

type locatedError struct {
	text string
	err  error
}

func (e *locatedError) Error() string { return e.text }
func (e *locatedError) Unwrap() error { return e.err }

// functions are what a letter can call besides text/template's own. None of
// them reads a file, the environment or the clock.
func functions() map[string]any {
	return map[string]any{
		"utc":        utc,
		"utcSeconds": utcSeconds,
		"wrap":       wrap,
		"indent":     indent,
		"join":       strings.Join,
		"count":      count,
	}
}

// utc writes a time to the minute: 2026-01-02 03:04 UTC.
func utc(t time.Time) string { return stamp(t, "2006-01-02 15:04 UTC") }

// utcSeconds writes a time to the second, for logs.
func utcSeconds(t time.Time) string { return stamp(t, "2006-01-02 15:04:05 UTC") }

func stamp(t time.Time, layout string) string {
	if t.IsZero() {
		return "an unknown time"
	}
	return t.UTC().Format(layout)
}

// lineWidth is the 78 characters of RFC 5322 §2.1.1, less room for "> ".
const lineWidth = 74

// wrap breaks text at spaces so that lines are fit for mail.
func wrap(text string) string {
	var out strings.Builder
	width := 0
	for _, word := range strings.Fields(text) {
		n := len([]rune(word))
		switch {
		case width == 0:
		case width+1+n > lineWidth:
			out.WriteByte('\n')
			width = 0
		default:
			out.WriteByte(' ')
			width++
		}
		out.WriteString(word)
		width += n
	}
	return out.String()
}

// count writes a number with its noun: 1 complaint, 2 complaints.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// indent puts a prefix before every line.
func indent(prefix, text string) string {
	return prefix + strings.ReplaceAll(text, "\n", "\n"+prefix)
}

// boundedBuilder stops a letter that loops.
type boundedBuilder struct{ strings.Builder }

func (b *boundedBuilder) Write(p []byte) (int, error) {
	if b.Len()+len(p) > MaxLetter {
		return 0, errTooLong
	}
	return b.Builder.Write(p)
}
