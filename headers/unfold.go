package headers

import (
	"encoding/binary"
	"math/bits"
)

// unfold appends a field body on one line: folds and every run of blanks next
// to them become one blank, and control bytes (NUL, bare CR, escape
// sequences) become blanks too, so that nothing behind this point can carry
// them into a terminal or a complaint.
func unfold(dst, body []byte) []byte {
	before := len(dst)
	for i := 0; i < len(body); {
		if blankByte(body[i]) {
			i++
			continue
		}
		if len(dst) > before {
			dst = append(dst, ' ')
		}
		plain := plainLength(body[i:])
		dst = append(dst, body[i:i+plain]...)
		i += plain
	}
	return dst
}

func blankByte(c byte) bool { return c <= ' ' || c == 0x7f }

// plainLength returns how many bytes at the beginning of b can stand as they
// are: up to the first control byte, or the first of two blanks, or a blank at
// the end. It looks at eight bytes at once and takes seven, because the last
// may be the first of two blanks.
func plainLength(b []byte) int {
	i := 0
	for ; i+8 <= len(b); i += 7 {
		if stops := stopsIn(binary.LittleEndian.Uint64(b[i:])); stops != 0 {
			return i + bits.TrailingZeros64(stops)/8
		}
	}
	for i < len(b) && (!blankByte(b[i]) || b[i] == ' ' && i+1 < len(b) && !blankByte(b[i+1])) {
		i++
	}
	return i
}

// stopsIn sets the high bit of those among eight bytes that are control bytes,
// or blanks before another one. Adding to the low seven bits of a byte makes
// its high bit say whether they are large enough.
func stopsIn(eight uint64) uint64 {
	const each, high = 0x0101010101010101, 0x8080808080808080
	low := eight &^ high
	control := ^(low + (0x80-' ')*each | eight) | (low+each)&^eight // below the blank, or DEL
	blank := ^(low + (0x80-' '-1)*each | eight) | control
	return (control | blank&(blank>>8)) & high
}
