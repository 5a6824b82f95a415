package complaint

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// shape is a text without what a mailer puts in anew for each copy.
type shape struct {
	text  string
	words int // how many words are left
}

// mark stands for whatever changes. Several in a row are one, because their
// number may change as well.
const mark = "*"

// maxWords is how far a text is read. What makes copies differ on purpose,
// paragraphs of random words, stands behind the offer.
const maxWords = 120

// changing tells what changes from copy to copy by the look of a token: a word
// with what sticks to it. Hitting too much does little harm, since it hits all
// copies alike.
var changing = []struct {
	name string
	fits func(string) bool
}{
	{"an address", func(s string) bool { return strings.ContainsRune(s, '@') }},
	{"a link", isLink},
	{"a number, or a token with one in it", func(s string) bool { return strings.ContainsFunc(s, unicode.IsNumber) }},
}

// random tells words that nobody speaks.
var random = []struct {
	name string
	fits *regexp.Regexp
}{
	{"hexadecimal", regexp.MustCompile(`^(?i)[a-f]{7,}$`)},
	{"longer than a word", regexp.MustCompile(`^[[:ascii:]]{21,}$`)},
	{"capitals at random", regexp.MustCompile(`[a-z][A-Z].*[a-z][A-Z]|[A-Z]{2}[a-z]+[A-Z]`)},
	{"without a vowel", regexp.MustCompile(`^(?i)[b-df-hj-np-tv-xz]{5,}$`)},
	{"five consonants in a row", regexp.MustCompile(`^(?i)[a-z]*[b-df-hj-np-tv-xz]{5,}[a-z]*$`)},
}

// replies are prefixes of subjects, in the languages that mail programs speak.
var replies = regexp.MustCompile(`^(?i)\s*((re|fw|fwd|aw|wg|sv|vs|tr|rv|enc|res|odp|ynt|antw|回复|转发)(\[\d+\])?\s*[:：]\s*)+`)

var digits = regexp.MustCompile(`[0-9]+`)

func withoutReply(subject string) string { return replies.ReplaceAllString(subject, "") }

// isLink finds web addresses with and without a scheme, and host names.
func isLink(s string) bool {
	if strings.Contains(s, "://") || strings.HasPrefix(strings.ToLower(s), "www.") {
		return true
	}
	dot := strings.IndexByte(s, '.')
	return dot > 0 && dot+1 < len(s) && s[dot+1] != '.'
}

// shapeOf reads a text; mine are words that are the recipient's own.
func shapeOf(text string, mine map[string]bool) shape {
	var out []string
	s := shape{}
	put := func(word string) {
		if word == mark && len(out) > 0 && out[len(out)-1] == mark {
			return
		}
		out = append(out, word)
		if word != mark {
			s.words++
		}
	}
	for token := range strings.FieldsSeq(plainRunes(text)) {
		for _, piece := range byScript(token) {
			if isChanging(strings.TrimFunc(piece, unicode.IsPunct)) {
				put(mark)
				continue
			}
			for _, word := range strings.FieldsFunc(piece, isNoLetter) {
				if lower := strings.ToLower(word); isRandom(word) || mine[lower] {
					put(mark)
				} else {
					put(lower)
				}
			}
		}
		if s.words >= maxWords {
			break
		}
	}
	s.text = strings.Join(out, " ")
	return s
}

// words are the words of a text, in lower case.
func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(plainRunes(text)), isNoLetter)
}

func isNoLetter(r rune) bool { return !unicode.IsLetter(r) }

func isChanging(token string) bool {
	for _, c := range changing {
		if c.fits(token) {
			return true
		}
	}
	return false
}

func isRandom(word string) bool {
	for _, c := range random {
		if c.fits.MatchString(word) {
			return true
		}
	}
	return false
}

// plainRunes writes letters in their plain form (NFKD takes 𝐁, Ｂ and Ḅ to B)
// and drops what is left over or not seen: accents, joiners, soft hyphens.
func plainRunes(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cf, unicode.Mn, unicode.Me) {
			return -1
		}
		latin, disguised := disguises[unicode.ToLower(r)]
		switch {
		case !disguised:
			return r
		case unicode.IsUpper(r):
			return unicode.ToUpper(latin)
		}
		return latin
	}, norm.NFKD.String(s))
}

// disguises are letters of other scripts that pass for Latin ones, small or
// capital. Words that are honestly Cyrillic or Greek are changed, too, but all
// copies alike.
var disguises = map[rune]rune{
	'а': 'a', 'в': 'b', 'е': 'e', 'һ': 'h', 'н': 'h', 'і': 'i', 'ј': 'j', 'к': 'k', 'м': 'm', 'о': 'o',
	'р': 'p', 'ԛ': 'q', 'с': 'c', 'ѕ': 's', 'т': 't', 'у': 'y', 'ѵ': 'v', 'ԝ': 'w', 'х': 'x', 'ԁ': 'd', // Cyrillic
	'α': 'a', 'β': 'b', 'ε': 'e', 'η': 'n', 'ι': 'i', 'κ': 'k', 'μ': 'm', 'ν': 'v', 'ο': 'o', 'ρ': 'p',
	'τ': 't', 'υ': 'u', 'χ': 'x', 'γ': 'y', // Greek
	'օ': 'o', 'ո': 'n', 'ս': 'u', 'հ': 'h', 'ց': 'g', // Armenian
	'ı': 'i', 'ɑ': 'a', 'ɡ': 'g', 'ɩ': 'i', // Latin of other kinds
}

// byScript cuts a token where digits meet letters that are not Latin: Chinese
// writes no spaces around a number.
func byScript(token string) []string {
	const firstOther = 0x250 // what comes before is Latin
	var pieces []string
	start := 0
	before := ' '
	for i, r := range token {
		if isDigit(before) && r >= firstOther || before >= firstOther && isDigit(r) {
			pieces = append(pieces, token[start:i])
			start = i
		}
		before = r
	}
	return append(pieces, token[start:])
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }
