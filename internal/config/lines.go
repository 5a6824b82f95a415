package config

import (
	"fmt"
	"strconv"
	"strings"
)

// linesOf says on which line every key of a TOML document stands. The decoder
// knows it too, but tells only about syntax errors. The document has been
// decoded before, so the walk may take its syntax for granted; it only has to
// know where keys, strings, comments and brackets end. On anything odd it
// stops, and the keys after that have no line.
//
// Paths are as in account[2].server: lists of tables count from 1.
func linesOf(document string) map[string]place {
	w := &lineWalk{rest: document, line: 1, places: map[string]place{}, counts: map[string]int{}}
	w.document()
	return w.places
}

type lineWalk struct {
	rest   string
	line   int
	places map[string]place
	counts map[string]int // tables seen so far in each list of tables
}

// document reads table headers and keys until the end.
func (w *lineWalk) document() {
	table := ""
	for w.blank(true); w.rest != ""; w.blank(true) {
		before := len(w.rest)
		if w.rest[0] == '[' {
			table = w.header()
		} else {
			w.pair(table)
		}
		if len(w.rest) == before {
			return
		}
	}
}

// header reads [a.b] or [[a.b]] and returns the path of the table it opens.
func (w *lineWalk) header() string {
	list := strings.HasPrefix(w.rest, "[[")
	w.take(1)
	if list {
		w.take(1)
	}
	path := ""
	names := w.key()
	for i, name := range names {
		path = join(path, name)
		w.note(path)
		if list && i == len(names)-1 {
			w.counts[path]++
		}
		if n := w.counts[path]; n > 0 {
			path = fmt.Sprintf("%s[%d]", path, n)
			w.note(path)
		}
	}
	w.skip("]")
	w.skip("]")
	return path
}

// pair reads key = value.
func (w *lineWalk) pair(table string) {
	path := table
	for _, name := range w.key() {
		path = join(path, name)
		w.note(path)
	}
	w.blank(false)
	w.skip("=")
	w.blank(false)
	w.value(path)
}

// note remembers the first line on which a path is seen: later sub-tables
// mention it again.
func (w *lineWalk) note(path string) {
	if _, ok := w.places[path]; !ok {
		w.places[path] = place{line: w.line}
	}
}

// key reads a dotted key.
func (w *lineWalk) key() []string {
	var names []string
	for {
		w.blank(false)
		names = append(names, w.name())
		w.blank(false)
		if !w.skip(".") {
			return names
		}
	}
}

func (w *lineWalk) name() string {
	if w.rest == "" {
		return ""
	}
	switch w.rest[0] {
	case '\'':
		return strings.Trim(w.quoted(), "'")
	case '"':
		raw := w.quoted()
		if name, err := strconv.Unquote(raw); err == nil {
			return name
		}
		return strings.Trim(raw, `"`)
	}
	return w.take(until(w.rest, " \t\r\n.=]#"))
}

// value skips a value, noting the keys of inline tables in it.
func (w *lineWalk) value(path string) {
	if w.rest == "" {
		return
	}
	switch w.rest[0] {
	case '"', '\'':
		w.quoted()
	case '{':
		w.inside("}", func(int) { w.pair(path) })
	case '[':
		w.inside("]", func(n int) {
			item := fmt.Sprintf("%s[%d]", path, n)
			w.note(item)
			w.value(item)
		})
	default:
		w.take(until(w.rest, ",]}#\r\n"))
	}
}

// inside skips a bracket and what it holds, item by item, counting from 1.
func (w *lineWalk) inside(closing string, item func(int)) {
	w.take(1)
	for n := 1; ; n++ {
		w.blank(true)
		if w.rest == "" || w.skip(closing) {
			return
		}
		before := len(w.rest)
		item(n)
		w.blank(true)
		w.skip(",")
		if len(w.rest) == before {
			return
		}
	}
}

// quoted takes a string of any of the four kinds, with its quotes.
func (w *lineWalk) quoted() string {
	mark := w.rest[:1]
	if triple := strings.Repeat(mark, 3); strings.HasPrefix(w.rest, triple) {
		mark = triple
	}
	i := len(mark)
	for i < len(w.rest) && !strings.HasPrefix(w.rest[i:], mark) {
		if w.rest[i] == '\\' && mark[0] == '"' {
			i++
		}
		i++
	}
	i += len(mark)
	// A text in three quotes may end in up to two more: """he said "no"""".
	for len(mark) == 3 && i < len(w.rest) && w.rest[i] == mark[0] {
		i++
	}
	return w.take(min(i, len(w.rest)))
}

// blank skips spaces, and comments and ends of lines where they may stand.
func (w *lineWalk) blank(lines bool) {
	for w.rest != "" {
		switch c := w.rest[0]; {
		case c == ' ' || c == '\t':
			w.take(1)
		case lines && (c == '\n' || c == '\r'):
			w.take(1)
		case lines && c == '#':
			w.take(until(w.rest, "\n"))
		default:
			return
		}
	}
}

func (w *lineWalk) skip(text string) bool {
	if !strings.HasPrefix(w.rest, text) {
		return false
	}
	w.take(len(text))
	return true
}

// take is the only place that moves on, so that no line is missed.
func (w *lineWalk) take(n int) string {
	text := w.rest[:n]
	w.line += strings.Count(text, "\n")
	w.rest = w.rest[n:]
	return text
}

func until(s, any string) int {
	if i := strings.IndexAny(s, any); i >= 0 {
		return i
	}
	return len(s)
}
