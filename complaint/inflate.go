package complaint

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"io"
)

// Bounds on looking into what is compressed: octets that come out, and places
// in one decoding that are tried as the start of it.
const (
	maxInflate = 64 << 10
	maxStarts  = 8
)

// gzipID is the first octet of gzip (RFC 1952 §2.3.1), before 0x8b and 8.
const gzipID = 0x1f

// compressed are the two octets that a compressed text begins with.
var compressed = func() (heads pairs) {
	heads.add(gzipID, 0x8b)
	for flags := range 1 << 8 { // zlib, RFC 1950 §2.2; 0x78 is what everybody writes
		if (0x78<<8|flags)%31 == 0 {
			heads.add(0x78, byte(flags))
		}
	}
	return heads
}()

// inflater undoes gzip and zlib. It keeps its readers, which are large, since
// two octets like those turn up by chance.
type inflater struct {
	gzip gzip.Reader
	zlib io.ReadCloser
}

// inflated returns what is compressed in b, within a bound, wherever it starts:
// a path in front of a token is decoded along with it.
func (f *inflater) inflated(b []byte) []byte {
	var out []byte
	starts := 0
	for i := 0; i+2 < len(b) && starts < maxStarts && len(out) < maxInflate; i++ {
		if !compressed.has(b[i], b[i+1]) || b[i] == gzipID && b[i+2] != 8 { // the only method
			continue
		}
		starts++
		r, err := f.open(b[i:])
		if err != nil {
			continue
		}
		plain, _ := io.ReadAll(io.LimitReader(r, maxInflate)) // a broken end does not matter
		out = append(out, plain...)
	}
	return out
}

func (f *inflater) open(b []byte) (io.Reader, error) {
	r := bytes.NewReader(b)
	if b[0] == gzipID {
		return &f.gzip, f.gzip.Reset(r)
	}
	if z, ok := f.zlib.(zlib.Resetter); ok {
		return f.zlib, z.Reset(r, nil)
	}
	var err error
	f.zlib, err = zlib.NewReader(r)
	return f.zlib, err
}
