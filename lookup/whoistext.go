package lookup

import (
	"strings"
)

// WHOIS has no format. What registries print falls into a few shapes, and one
// reader takes all of them:
//
//	key:    value                    RPSL (RIPE, APNIC, AFRINIC), ARIN, LACNIC, registrars
//	key.....: value                  KISA, .fi and others
//	a. [Key]      value              JPNIC, JPRS
//	network:Key;I:value              rwhois
//	[ Heading ]                      KRNIC; the attributes below belong to it
//	Heading:                         SIDN, TWNIC, NASK; indented lines below belong to it
//	    value
//
// A block of attributes without an empty line is an object, whose kind is its
// first key.

// attribute is one line of an answer (with its continuation lines).
type attribute struct {
	key     string // lower case
	value   string
	heading string // lower case, of the heading that it stands under
}

// object is a block of attributes.
type object struct {
	kind  string
	attrs []attribute
}

// section is a part of an answer about one network: ARIN prints the parents
// too, RPSL servers the routes.
type section struct {
	objects  []object
	comments []string
}

const (
	maxWHOISLines  = 20_000
	maxKeyLength   = 48
	maxValueLength = 4096 // of continuation lines together
)

var (
	keyLine     = compiled(`^([\pL][\pL\pN /_.()&'-]*?)\s*\.*\s*:\s*(|[^/:\s].*|\s.*)$`)
	bracketLine = compiled(`^(?:[a-z]\. ?)?\[([^\]]+)\]\s+(\S.*)$`)
	bracketHead = compiled(`^\[ ?([^\]]+?) ?\]$`)
	rwhoisLine  = compiled(`^(?:network|contact|org|referral):([A-Za-z_-]+)(?:;I)?:\s*(.*)$`)
)

// splitWHOIS reads the shapes.
func splitWHOIS(raw string) []section {
	p := whoisParser{}
	p.newSection()
	for i, line := range strings.Split(strings.ReplaceAll(raw, "\r", ""), "\n") {
		if i >= maxWHOISLines {
			break
		}
		p.line(strings.TrimRight(line, " \t"))
	}
	p.endObject()
	return p.sections
}

type whoisParser struct {
	sections []section
	object   object
	heading  string // of a bracket, until the next one
	indent   string // heading of the indented lines, until one is not
}

func (p *whoisParser) newSection() {
	p.endObject()
	p.heading = ""
	p.sections = append(p.sections, section{})
}

func (p *whoisParser) current() *section { return &p.sections[len(p.sections)-1] }

func (p *whoisParser) endObject() {
	if len(p.object.attrs) > 0 {
		s := p.current()
		s.objects = append(s.objects, p.object)
	}
	p.object, p.indent = object{}, ""
}

func (p *whoisParser) line(line string) {
	trimmed := strings.TrimSpace(line)
	switch {
	case trimmed == "":
		p.blank()
	case line[0] == '%' || line[0] == '#' || strings.HasPrefix(line, ">>>"):
		p.comment(trimmed)
	default:
		p.attribute(line, trimmed)
	}
}

// blank ends an object, but not a heading whose lines are yet to come.
func (p *whoisParser) blank() {
	indent := p.indent
	p.endObject()
	p.indent = indent
}

func (p *whoisParser) comment(line string) {
	text := strings.TrimLeft(line, "%#> ")
	if text == "start" || strings.HasPrefix(text, "Information related to '") {
		p.newSection()
	}
	s := p.current()
	s.comments = append(s.comments, text)
}

func (p *whoisParser) attribute(line, trimmed string) {
	indented := line[0] == ' ' || line[0] == '\t'
	if m := rwhoisLine().FindStringSubmatch(line); m != nil {
		p.add(attribute{key: m[1], value: m[2]})
		return
	}
	if m := bracketHead().FindStringSubmatch(trimmed); m != nil && !strings.Contains(m[1], "]") {
		p.endObject()
		p.heading = strings.ToLower(m[1])
		return
	}
	if m := bracketLine().FindStringSubmatch(trimmed); m != nil {
		p.add(attribute{key: m[1], value: m[2]})
		return
	}
	if m := keyLine().FindStringSubmatch(trimmed); m != nil && len(m[1]) <= maxKeyLength {
		p.keyed(m[1], m[2], indented)
		return
	}
	if n := len(p.object.attrs); n > 0 && (indented || line[0] == '+') {
		if last := &p.object.attrs[n-1]; len(last.value) < maxValueLength {
			last.value = strings.TrimLeft(last.value+"\n"+trimmed, "\n")
		}
		return
	}
	if !indented {
		p.indent = ""
	}
	p.add(attribute{value: trimmed})
}

func (p *whoisParser) keyed(key, value string, indented bool) {
	if !indented {
		p.indent = ""
	}
	a := attribute{key: key, value: value}
	p.add(a)
	if value == "" && (!indented || p.indent == "") {
		p.indent = strings.ToLower(key)
	}
}

func (p *whoisParser) add(a attribute) {
	a.key = strings.ToLower(strings.TrimSpace(a.key))
	a.heading = p.heading
	if p.indent != "" {
		a.heading = strings.TrimSpace(p.heading + " " + p.indent)
		if a.key == "" {
			a.key = p.indent // an empty line parts the heading from its value
		}
	}
	if len(p.object.attrs) == 0 {
		p.object.kind = a.key
	}
	p.object.attrs = append(p.object.attrs, a)
}

// first returns the value of the object's first attribute of that key.
func (o object) first(key string) string {
	for _, a := range o.attrs {
		if a.key == key {
			return a.value
		}
	}
	return ""
}
