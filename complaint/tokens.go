package complaint

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"io"
	"iter"
)

// Runs of letters and digits in a text may be an encoding of something: the
// tracking token of a link, a header that a mailer packs the recipient into.
// Where such a run starts is not known (…?x=aYWxpY2U), so that it is decoded
// at every alignment; only one of them makes sense.

const (
	minRun     = 6 // base64 of four letters
	maxNesting = 3 // base64 in base64 in base64
	maxInflate = 64 << 10
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

// alphabets are what a run may be written in (RFC 4648 §4 to §8). After as many
// shifts the octets would be cut as they were without any.
var alphabets = [...]alphabet{
	newAlphabet(alphabet{bits: 6, least: minRun, shifts: 4}, upper+little+decimals+"+/", upper+little+decimals+"-_"),
	newAlphabet(alphabet{bits: 4, least: 12, shifts: 2}, decimals+"abcdef", decimals+"ABCDEF"), // six letters
	newAlphabet(alphabet{bits: 5, least: 16, shifts: 8}, upper+"234567", little+"234567"),      // ten
}

// newAlphabet gives the digits their values: their places in each of the strings.
func newAlphabet(a alphabet, digits ...string) alphabet {
	for i := range a.values {
		a.values[i] = -1
	}
	for _, all := range digits {
		for value := range len(all) {
			a.values[all[value]] = int8(value) // #nosec G115 -- at most 63
		}
	}
	return a
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
func runAt(t []byte, i int) int { return alphabets[0].run(t, i) }

// pieces yields the parts of a run that may be an encoding on their own. It
// cuts at the digits that are also used to separate, narrowest first, so that of
// /claim/u/YWxpY2U only the last part is replaced.
func pieces(run []byte) iter.Seq[match] {
	return func(yield func(match) bool) {
		if bytes.IndexAny(run, "+/-_") < 0 || cut(run, "+/-_", yield) && cut(run, "+/", yield) && cut(run, "-_", yield) {
			yield(match{start: 0, end: len(run)})
		}
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
	for k := range alphabets {
		a := &alphabets[k]
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

// isReadable says whether a decoding makes enough sense to look further into
// it. Random octets are printable for one in three.
func isReadable(b []byte) bool {
	good := 0
	for _, c := range b {
		good += int(textOctets[c])
	}
	return len(b) > 0 && good*10 >= len(b)*8
}

// textOctets has a 1 for every octet of text in ASCII or, with a NUL, in UTF-16.
var textOctets = func() (table [256]uint8) {
	for c := range table {
		if c >= ' ' && c < 0x7f || c == '\n' || c == '\r' || c == '\t' || c == 0 {
			table[c] = 1
		}
	}
	return table
}()

// maxStarts is how many places in one decoding may be tried as the start of a
// compressed stream.
const maxStarts = 8

// inflated undoes gzip and zlib within a bound, wherever in b they start: a
// path in front of a token is decoded along with it.
func inflated(b []byte) []byte {
	var out []byte
	starts := 0
	for i := 0; i+2 < len(b) && starts < maxStarts && len(out) < maxInflate; i++ {
		var r io.Reader
		var err error
		switch {
		case b[i] == 0x1f && b[i+1] == 0x8b && b[i+2] == 8: // RFC 1952 §2.3
			r, err = gzip.NewReader(bytes.NewReader(b[i:]))
		case b[i] == 0x78 && (uint(b[i])<<8|uint(b[i+1]))%31 == 0: // RFC 1950 §2.2
			r, err = zlib.NewReader(bytes.NewReader(b[i:]))
		default:
			continue
		}
		starts++
		if err != nil {
			continue
		}
		plain, _ := io.ReadAll(io.LimitReader(r, maxInflate)) // a broken end does not matter
		out = append(out, plain...)
	}
	return out
}
