package bounce

import (
	"strconv"
	"strings"
)

// MaxText is how much of a reply is read. Servers send a few lines; what is
// longer is not meant for reading.
const MaxText = 2048

// rule is one row: all of its fields that are set must fit.
type rule struct {
	name     string
	reason   Reason
	code     string   // how the basic code begins: "4", "55", "552"
	enhanced string   // how the enhanced code begins, at a dot: "5.7" for 5.7.1 but not 5.71; "*.2.2" for 4 and 5
	text     []string // one of these phrases, see contains
	with     []string // and one of these
}

// Classify says what an SMTP reply means. Any argument may be empty; an
// enhanced code at the head of the text is found there.
func Classify(code int, enhanced, text string) Verdict {
	v, _ := newAnswer(code, enhanced, text).judge()
	return v
}

// grade says what a verdict rests on.
type grade int

const (
	nothing grade = iota
	guessed       // the basic code
	coded         // the enhanced code
	hinted        // words that stand in many replies
	said          // words that mean one thing
)

func (r answer) judge() (Verdict, grade) {
	v := Verdict{Class: Unknown, Reason: NoReason, Help: r.help}
	if strings.HasPrefix(r.code, "2") || strings.HasPrefix(r.code, "3") {
		return v, nothing // no failure at all
	}
	for _, t := range precedence() {
		for i := range t.rows {
			if row := &t.rows[i]; row.fits(r) {
				v.Class, v.Reason, v.Rule = row.reason.Class(), row.reason, row.name
				return v, t.grade
			}
		}
	}
	return v, nothing
}

// table is a list of rows of one grade.
type table struct {
	grade grade
	rows  []rule
}

// precedence gives the tables in the order in which they are asked.
func precedence() []table {
	return []table{
		{said, providerRules},
		{said, senderRules},
		{said, trafficRules},
		{said, addressRules},
		{said, mailboxRules},
		{said, listRules},
		{said, authRules},
		{said, contentRules},
		{said, deliveryRules},
		{hinted, elsewhereRules},
		{hinted, closingRules},
		{coded, enhancedRules},
		{guessed, codeRules},
	}
}

func (row *rule) fits(r answer) bool {
	if !strings.HasPrefix(r.code, row.code) || !underEnhanced(r.enhanced, row.enhanced) {
		return false
	}
	return r.says(row.text) && r.says(row.with)
}

// says reports whether one of the phrases stands in the answer, if there are
// any.
func (r answer) says(phrases []string) bool {
	for _, p := range phrases {
		if contains(r.text, p) {
			return true
		}
	}
	return len(phrases) == 0
}

// underEnhanced reports whether code begins with prefix, whole numbers only.
func underEnhanced(code, prefix string) bool {
	if prefix == "" {
		return true
	}
	if rest, any := strings.CutPrefix(prefix, "*."); any {
		_, code, _ = strings.Cut(code, ".")
		prefix = rest
	}
	rest, ok := strings.CutPrefix(code, prefix)
	return ok && (rest == "" || rest[0] == '.')
}

// maxGap is what "*" in a phrase stands for at most, in octets: the name of a
// host, an address, some words. What is further apart belongs to two sentences.
const maxGap = 160

// contains reports whether the phrase stands in text; "*" in it is anything of
// up to maxGap.
func contains(text, phrase string) bool { return beginsWithin(text, phrase, len(text)) }

// beginsWithin reports whether the phrase stands in text and begins at the
// latest behind so many octets.
func beginsWithin(text, phrase string, octets int) bool {
	part, rest, more := strings.Cut(phrase, "*")
	room := min(len(text), octets+len(part))
	for from := 0; from <= room; {
		i := strings.Index(text[from:room], part)
		if i < 0 || !more {
			return i >= 0
		}
		from += i + max(1, len(part))
		if from <= len(text) && beginsWithin(text[from:], rest, maxGap) {
			return true
		}
	}
	return false
}

// answer is a reply to be judged, its text brought into one form.
type answer struct{ code, enhanced, text, help string }

var (
	codeInText     = compiled(`^\s*#?([245]\d\d)(?:[ -]|$)`)
	codeQuoted     = compiled(`(?i)\b(?:said|reply was|responded with|responded|replied|failed with|returned):?\s+["']?#?([45]\d\d)(?:[ -]|$)`)
	enhancedInText = compiled(`(?:^|[\s(#\[-])([245]\.\d\.\d{1,3})(?:[\s):,;\]-]|$)`)
	// Every line of a long reply repeats the codes.
	codesWithin = compiled(`\b[45]\d\d[ -]#?[45]\.\d\.\d{1,3}\b[ -]?|\b[45]\d\d-`)
	// Programs name the host that they quote; its name is no part of the reply.
	quoting   = compiled(`^.* (?:said|reply was|responded with|replied|failed with|responded):? (#?[45]\d\d[ -])`)
	addresses = compiled(`<[^<>\s]*@[^<>\s]*>|[^\s<>()\[\]:;,"'/=\x{80}-\x{10FFFF}]+@[a-z0-9._-]*[a-z0-9]`)
)

func newAnswer(code int, enhanced, text string) answer {
	if len(text) > MaxText {
		text = text[:MaxText]
	}
	r := answer{enhanced: strings.TrimSpace(enhanced)}
	if code > 0 {
		r.code = strconv.Itoa(code)
	} else if m := codeInText().FindStringSubmatch(text); m != nil {
		r.code = m[1]
	} else if m := codeQuoted().FindStringSubmatch(text); m != nil {
		r.code = m[1]
	}
	if r.enhanced == "" {
		if m := enhancedInText().FindStringSubmatch(text); m != nil {
			r.enhanced = m[1]
		}
	}
	r.text, r.help = normal(text), helpLink(text)
	return r
}

// normal gives text the form in which the phrases of the tables are written:
// lower case, single blanks (one at each end), straight quotes, no repeated
// codes, "@" for any mail address.
func normal(text string) string {
	text = strings.ToLower(strings.ToValidUTF8(text, "?"))
	text = strings.NewReplacer("’", "'", "‘", "'", "“", `"`, "”", `"`, "\u00a0", " ", "_", " ").Replace(text)
	text = quoting().ReplaceAllString(text, "$1")
	text = codesWithin().ReplaceAllString(text, " ")
	text = addresses().ReplaceAllString(text, "@")
	return " " + strings.Join(strings.Fields(text), " ") + " "
}

// link ends at a quotation mark or an angle bracket: RFC 3986 has none in it.
var link = compiled(`https?://[!#-;=?-~]{4,300}`)

// helpLink gives the first link of a reply. It is shown, never fetched.
func helpLink(text string) string {
	return strings.TrimRight(link().FindString(text), `.,;:!?)]}'"`)
}
