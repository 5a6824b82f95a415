package complaint

import (
	"bytes"
	"iter"
)

// Runs of letters and digits in a text may be an encoding of something: the
// tracking token of a link, a header that a mailer packs the recipient into.
// Where such a run starts is not known (…?x=aYWxpY2U), so that it is decoded
// at every alignment; only one of them makes sense.

const (
	minRun     = 6 // base64 of four letters
	maxNesting = 3 // base64 in base64 in base64
)

// alphabet is an encoding in which every digit stands for the same number of bits.
type alphabet struct {
	bits   int
	least  int       // fewer digits in a row are none of it
	shifts int       // how many digits may come before the first that counts
	values [256]int8 // of the digits; -1: it is none
}

const (
	upper    = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	little   = "abcdefghijklmnopqrstuvwxyz"
	decimals = "0123456789"
)

// The encodings of RFC 4648 §4 to §8. After as many shifts the octets would be
// cut as they were without any.
var (
	base64Digits = newAlphabet(alphabet{bits: 6, least: minRun, shifts: 4}, upper+little+decimals+"+/", upper+little+decimals+"-_")
	hexadecimal  = newAlphabet(alphabet{bits: 4, least: 12, shifts: 2}, decimals+"abcdef", decimals+"ABCDEF") // six letters
	base32Digits = newAlphabet(alphabet{bits: 5, least: 16, shifts: 8}, upper+"234567", little+"234567")      // ten

	alphabets = [...]*alphabet{base64Digits, hexadecimal, base32Digits}
)

// newAlphabet gives the digits their values: their places in each of the strings.
func newAlphabet(a alphabet, digits ...string) *alphabet {
	for i := range a.values {
		a.values[i] = -1
	}
	for _, all := range digits {
		for value := range len(all) {
			a.values[all[value]] = int8(value) // #nosec G115 -- at most 63
		}
	}
	return &a
}

// run returns how many digits there are from i on.
func (a *alphabet) run(t []byte, i int) int {
	n := i
	for n < len(t) && a.values[t[n]] >= 0 {
		n++
	}
	return n - i
}

// decode appends the whole octets that digits stand for.
func (a *alphabet) decode(dst, digits []byte) []byte {
	var acc uint32
	bits := 0
	for _, c := range digits {
		acc, bits = acc<<a.bits|uint32(a.values[c]), bits+a.bits // #nosec G115 -- digits have values
		if bits >= 8 {
			bits -= 8
			dst = append(dst, byte(acc>>bits)) // #nosec G115 -- the low octet is meant
		}
	}
	return dst
}

// runAt returns the length of the run of base64 digits, in either alphabet,
// at i.
func runAt(t []byte, i int) int { return base64Digits.run(t, i) }

// pieces yields the parts of a run that may be an encoding on their own. It
// cuts at the digits that are also used to separate, narrowest first, so that of
// /claim/u/YWxpY2U only the last part is replaced.
func pieces(run []byte) iter.Seq[match] {
	return func(yield func(match) bool) {
		slashes, dashes := false, false
		for _, c := range run {
			slashes = slashes || c == '/' || c == '+'
			dashes = dashes || c == '-' || c == '_'
		}
		if slashes && dashes && !cut(run, "+/-_", yield) {
			return
		}
		if slashes && !cut(run, "+/", yield) || dashes && !cut(run, "-_", yield) {
			return
		}
		yield(match{start: 0, end: len(run)})
	}
}

// cut yields what lies between separators, and says whether to go on.
func cut(run []byte, separators string, yield func(match) bool) bool {
	for start := 0; start < len(run); {
		n := bytes.IndexAny(run[start:], separators)
		if n < 0 {
			n = len(run) - start
		}
		if n >= minRun && !yield(match{start: start, end: start + n}) {
			return false
		}
		start += n + 1
	}
	return true
}

// decodings yields what a piece can be read as, until yield returns false.
// The octets are valid until then only: most of them are garbage, and there are
// too many of them for a buffer each.
func decodings(digits []byte, scratch []byte, yield func([]byte) bool) {
	for _, a := range alphabets {
		for i := 0; i < len(digits); i++ {
			n := a.run(digits, i)
			for shift := 0; n >= a.least && shift < a.shifts; shift++ {
				if !yield(a.decode(scratch[:0], digits[i+shift:i+n])) {
					return
				}
			}
			i += n
		}
	}
}

// textOctets has a 1 for every octet of a text in ASCII or, with a NUL, in
// UTF-16. Random octets are such for two in five.
var textOctets = func() (table [256]uint8) {
	for c := range table {
		if c >= ' ' && c < 0x7f || c == '\n' || c == '\r' || c == '\t' || c == 0 {
			table[c] = 1
		}
	}
	return table
}()
