package config

import (
	"fmt"
	"regexp"
	"strings"
)

// Mistake is one thing wrong with the configuration, in one line that says
// where it is and what to write instead. It never quotes a secret.
type Mistake struct {
	Where string // "config.toml:12", or the name of a variable
	Key   string // "account.server"; empty when Where says it all
	What  string
}

func (m *Mistake) Error() string {
	if m.Key == "" {
		return m.Where + ": " + m.What
	}
	return m.Where + ": " + m.Key + ": " + m.What
}

// place is where a value came from.
type place struct {
	variable string // name of the environment variable; empty: the file
	line     int    // line of the file; 0: unknown
}

// mistake notes that the value at path is wrong and remembers the path, so
// that no later check complains about the same value again.
func (l *loader) mistake(path, format string, args ...any) {
	l.mistakeAt(l.placeOf(path), path, fmt.Sprintf(format, args...))
}

func (l *loader) mistakeAt(at place, path, what string) {
	l.wrong[path] = true
	m := &Mistake{What: what}
	switch {
	case at.variable != "":
		m.Where = at.variable
	case at.line > 0:
		m.Where, m.Key = fmt.Sprintf("%s:%d", l.name, at.line), shown(path)
	default:
		m.Where, m.Key = l.name, shown(path)
	}
	l.mistakes = append(l.mistakes, m)
}

// placeOf finds the value at path, or else the nearest table around it: the
// place of a missing key is the header of its table. For a table that exists
// only in the environment it is the variable that the key would have.
func (l *loader) placeOf(path string) place {
	for outer := path; outer != ""; outer = parent(outer) {
		at, ok := l.where[outer]
		if !ok {
			continue
		}
		if at.variable != "" {
			missing := strings.ReplaceAll(path[len(outer):], ".", "_")
			at.variable += strings.ToUpper(missing)
		}
		return at
	}
	return place{}
}

// index matches the position of a table in its list: account[2].server.
var index = regexp.MustCompile(`\[\d+\]`)

// shown is path as a person would write it; the line says which account.
func shown(path string) string { return index.ReplaceAllString(path, "") }

// quote puts a value into a message, cut to a length that fits on a line.
func quote(value string) string {
	const most = 60
	if len(value) > most {
		return fmt.Sprintf("%.*q…", most, value)
	}
	return fmt.Sprintf("%q", value)
}
