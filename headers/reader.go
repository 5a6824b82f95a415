package headers

import "io"

// Reader walks through one message after the other and uses its memory again.
// It is for those who read many; the verdicts are theirs to keep. The zero
// value is ready to use, by one goroutine at a time.
type Reader struct {
	Walker Walker

	buf   []byte
	trace trace
}

// readerChunk holds the texts of a few verdicts, which share its memory.
const readerChunk = 8 << 10

// Walk reads the header of a message and walks its trace. It does what
// ReadBlock and Walker.Walk do, with the same errors and the same verdict, but
// looks at each line once.
func (r *Reader) Walk(message io.Reader) (Verdict, error) {
	r.trace.prose.chunk = readerChunk
	buf, err := readUntil(r.buf, message, r.trace.scan)
	if err != nil {
		return Verdict{}, err
	}
	r.buf = buf
	if len(r.trace.received) == 0 && len(r.trace.notes) == 0 && !hasField(buf) {
		return Verdict{}, ErrNoHeader
	}
	return r.Walker.walk(&r.trace), nil
}
