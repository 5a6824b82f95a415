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
	return r.verdict(buf)
}

// WalkBlock is Walk for a message in memory, which may be used again afterwards.
func (r *Reader) WalkBlock(message []byte) (Verdict, error) {
	r.trace.prose.chunk = readerChunk
	block := message[:min(len(message), MaxBlock)]
	r.trace.scan(block)
	return r.verdict(block)
}

// verdict walks the trace of what was scanned.
func (r *Reader) verdict(buf []byte) (Verdict, error) {
	if len(r.trace.received) == 0 && len(r.trace.notes) == 0 && !hasField(buf) {
		return Verdict{}, ErrNoHeader
	}
	return r.Walker.walk(&r.trace), nil
}
