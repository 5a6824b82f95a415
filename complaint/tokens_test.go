package complaint

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"io"
	"slices"
	"strings"
	"testing"
)

// slowDecodings reads a piece with the standard library.
func slowDecodings(piece string) [][]byte {
	var all [][]byte
	for shift := range min(4, len(piece)) {
		s := strings.NewReplacer("-", "+", "_", "/").Replace(piece[shift:])
		if len(s)%4 == 1 {
			s = s[:len(s)-1]
		}
		b, _ := base64.RawStdEncoding.DecodeString(s)
		all = append(all, b)
	}
	for _, run := range strings.FieldsFunc(piece, func(r rune) bool { return !strings.ContainsRune("0123456789abcdefABCDEF", r) }) {
		for shift := 0; len(run) >= 12 && shift < 2; shift++ {
			b, _ := hex.DecodeString(run[shift : len(run)-(len(run)-shift)%2])
			all = append(all, b)
		}
	}
	for _, run := range strings.FieldsFunc(strings.ToUpper(piece), func(r rune) bool { return !strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", r) }) {
		for shift := 0; len(run) >= 16 && shift < 8; shift++ {
			s := run[shift:]
			for len(s)%8 == 1 || len(s)%8 == 3 || len(s)%8 == 6 {
				s = s[:len(s)-1] // what is left is no octet
			}
			b, _ := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(s)
			all = append(all, b)
		}
	}
	return all
}

// FuzzDecodings: a run is read in all the ways in which the standard library
// reads it, and no decoding that is worth a search is passed over.
func FuzzDecodings(f *testing.F) {
	for _, s := range []string{
		"YWxpY2U", "uYWxpY2VAZXhhbXBsZS5vcmc", "616c696365406578616d706c65", "MFWGSY3FIBSXQYLNOBWGKLTPOJTQ", "H4sIAAAAAAAA/8pNzEwGBAAA",
		b64("\x1f\x8b\x08"), b64("x\x9c"), b64("ALICE"), "-_-_+/+/", "0123456789abcdefg0123456789ABCDEF", "mfwgsy3fibsxqyln-MFWGSY3FIBSXQYLN",
	} {
		f.Add(s)
	}
	r := testComposer(f).redactor(testIncident(nil), parseTree([]byte(letterHead)))
	f.Fuzz(func(t *testing.T, s string) {
		run := []byte(s)[:runAt([]byte(s), 0)]
		if len(run) < minRun {
			return
		}
		var got [][]byte
		decodings(run, nil, func(plain []byte) bool {
			got = append(got, bytes.Clone(plain))
			return true
		})
		want := slowDecodings(string(run))
		if !slices.EqualFunc(got, want, bytes.Equal) {
			t.Fatalf("decodings of %q:\n got %q\nwant %q", run, got, want)
		}
		for _, plain := range want {
			readable, remarkable := r.glance(plain)
			found := false
			r.needles.find(plain, func(match) bool { found = true; return false })
			if slow := slowInflated(plain); (found || len(slow) > 0) && !remarkable {
				t.Errorf("%q is passed over", plain)
			} else if quick := r.inflater.inflated(plain); !bytes.Equal(quick, slow) {
				t.Errorf("%q is inflated to %q, want %q", plain, quick, slow)
			}
			if readable != slowReadable(plain) {
				t.Errorf("%q is readable: %v", plain, readable)
			}
		}
	})
}

func slowReadable(b []byte) bool {
	good := 0
	for _, c := range b {
		if c >= ' ' && c < 0x7f || c == '\n' || c == '\r' || c == '\t' || c == 0 {
			good++
		}
	}
	return len(b) > 0 && good*10 >= len(b)*8
}

// slowInflated makes a reader for every place where something may start.
func slowInflated(b []byte) []byte {
	var out []byte
	starts := 0
	for i := 0; i+2 < len(b) && starts < maxStarts && len(out) < maxInflate; i++ {
		var r io.Reader
		var err error
		switch {
		case b[i] == 0x1f && b[i+1] == 0x8b && b[i+2] == 8:
			r, err = gzip.NewReader(bytes.NewReader(b[i:]))
		case b[i] == 0x78 && (uint(b[i])<<8|uint(b[i+1]))%31 == 0:
			r, err = zlib.NewReader(bytes.NewReader(b[i:]))
		default:
			continue
		}
		starts++
		if err == nil {
			plain, _ := io.ReadAll(io.LimitReader(r, maxInflate))
			out = append(out, plain...)
		}
	}
	return out
}

// TestARunIsCutWhereItMayBeSeparated lists the pieces that are tried, in order.
func TestARunIsCutWhereItMayBeSeparated(t *testing.T) {
	for run, want := range map[string][]string{
		"abcdef":              {"abcdef"},
		"abcdef/ghijkl":       {"abcdef", "ghijkl", "abcdef/ghijkl"},
		"abcdef/x":            {"abcdef", "abcdef/x"},
		"ab-cdefgh":           {"cdefgh", "ab-cdefgh"},
		"abcdef/ghijkl-mnopq": {"abcdef", "ghijkl", "abcdef", "ghijkl-mnopq", "abcdef/ghijkl", "abcdef/ghijkl-mnopq"},
		"a/b/c/d":             {"a/b/c/d"},
	} {
		var got []string
		for p := range pieces([]byte(run)) {
			got = append(got, run[p.start:p.end])
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", run, got, want)
		}
	}
}
