package complaint

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"io"
)

// Runs of letters and digits in a text may be an encoding of something: the
// tracking token of a link, a header that a mailer packs the recipient into.
// Where such a run starts is not known (…?x=aYWxpY2U), so that it is decoded
// at every alignment; only one of them makes sense.

const (
	minRun     = 6  // base64 of four letters
	minHex     = 12 // of six
	minBase32  = 16 // of ten
	maxNesting = 3  // base64 in base64 in base64
	maxInflate = 64 << 10
)

// runAt returns the length of the run of base64 digits, in either alphabet,
// at i.
func runAt(t []byte, i int) int {
	n := 0
	for i+n < len(t) && isRunDigit(t[i+n]) {
		n++
	}
	return n
}

func isRunDigit(c byte) bool { return isBase64Digit(c) || c == '-' || c == '_' }

// piece is a part of a run that may be an encoding on its own.
type piece struct{ start, end int }

// pieces cuts a run at the digits that are also used to separate, narrowest
// first, so that of /claim/u/YWxpY2U only the last part is replaced.
func pieces(run []byte) []piece {
	all := cutRun(run, isAlnum)
	narrow := len(all)
	all = append(all, cutRun(run, func(c byte) bool { return c != '/' && c != '+' })...)
	all = append(all, cutRun(run, func(c byte) bool { return c != '-' && c != '_' })...)
	if narrow == 1 && len(all) > 1 && all[0] == all[1] {
		return all[:1] // nothing separates
	}
	return append(all, piece{0, len(run)})
}

func cutRun(run []byte, inside func(byte) bool) []piece {
	var all []piece
	for i := 0; i < len(run); i++ {
		start := i
		for i < len(run) && inside(run[i]) {
			i++
		}
		if i-start >= minRun {
			all = append(all, piece{start, i})
		}
	}
	return all
}

// decodings yields what a piece can be read as, until yield returns false.
// The octets are valid until then only: most of them are garbage, and there are
// too many of them for a buffer each.
func decodings(digits []byte, scratch []byte, yield func([]byte) bool) {
	for shift := range min(4, len(digits)) {
		if !yield(appendBase64(scratch[:0], digits[shift:])) {
			return
		}
	}
	eachRun(digits, minHex, isHexDigit, func(run []byte) bool {
		return yield(appendHex(scratch[:0], run)) && yield(appendHex(scratch[:0], run[1:]))
	})
	eachRun(digits, minBase32, isBase32Digit, func(run []byte) bool {
		for shift := range 8 {
			if !yield(appendBase32(scratch[:0], run[shift:])) {
				return false
			}
		}
		return true
	})
}

// eachRun yields the stretches of at least n digits of one kind.
func eachRun(b []byte, n int, inside func(byte) bool, yield func([]byte) bool) {
	for i := 0; i < len(b); i++ {
		start := i
		for i < len(b) && inside(b[i]) {
			i++
		}
		if i-start >= n && !yield(b[start:i]) {
			return
		}
	}
}

// appendBase64 decodes digits of either alphabet (RFC 4648 §4 and §5).
func appendBase64(dst, digits []byte) []byte {
	var acc uint32
	bits := 0
	for _, c := range digits {
		acc, bits = acc<<6|uint32(sextet(c)), bits+6
		if bits >= 8 {
			bits -= 8
			dst = append(dst, byte(acc>>bits)) // #nosec G115 -- the low octet is meant
		}
	}
	return dst
}

func sextet(c byte) byte {
	switch {
	case c >= 'A' && c <= 'Z':
		return c - 'A'
	case c >= 'a' && c <= 'z':
		return c - 'a' + 26
	case c >= '0' && c <= '9':
		return c - '0' + 52
	case c == '+' || c == '-':
		return 62
	}
	return 63
}

func isHexDigit(c byte) bool {
	_, ok := hexDigit(c)
	return ok
}

func appendHex(dst, digits []byte) []byte {
	for i := 0; i+1 < len(digits); i += 2 {
		c, _ := hexByte(digits[i], digits[i+1])
		dst = append(dst, c)
	}
	return dst
}

func isBase32Digit(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '2' && c <= '7'
}

// appendBase32 decodes the alphabet of RFC 4648 §6 in either case.
func appendBase32(dst, digits []byte) []byte {
	var acc uint32
	bits := 0
	for _, c := range digits {
		digit := lower(c) - 'a'
		if c <= '7' {
			digit = c - '2' + 26
		}
		acc, bits = acc<<5|uint32(digit), bits+5
		if bits >= 8 {
			bits -= 8
			dst = append(dst, byte(acc>>bits)) // #nosec G115 -- the low octet is meant
		}
	}
	return dst
}

// isReadable says whether a decoding makes enough sense to look further into
// it. Random octets are printable for one in three.
func isReadable(b []byte) bool {
	good := 0
	for _, c := range b {
		if c >= ' ' && c < 0x7f || c == '\n' || c == '\r' || c == '\t' || c == 0 {
			good++
		}
	}
	return len(b) > 0 && good*10 >= len(b)*8
}

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
