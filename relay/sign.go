package relay

import (
	"errors"
	"fmt"
	"time"
)

// Signer puts signatures on a message, such as those of DKIM. It returns a
// message that ends with the one that it got, octet for octet, or that very
// one when there is nothing to sign. An error means that it must not be sent.
type Signer interface {
	Sign(message []byte) ([]byte, error)
}

// ErrUnsigned says that a message cannot be signed, and so is not accepted. It
// is the submitter's mistake: keys are tried out when the program starts.
var ErrUnsigned = errors.New("the message cannot be signed")

// NewSubmission makes what the queue takes of a message: it gets its id, is
// signed (unless the signer is nil) and checked. Every message comes into the
// queue through here, or through Signed. Afterwards its octets stay what they
// are, so that a second try sends the same.
func NewSubmission(e Envelope, message []byte, signer Signer, now time.Time) (Submission, error) {
	return Submission{ID: NewID(), Envelope: e, Message: message, Queued: now}.Signed(signer)
}

// Signed returns the submission with its message signed (unless the signer is
// nil), and checked.
func (s Submission) Signed(signer Signer) (Submission, error) {
	// A signature over stray line endings would not verify.
	if err := s.Check(); err != nil || signer == nil {
		return s, err
	}
	signed, err := signer.Sign(s.Message)
	if err != nil {
		return s, fmt.Errorf("%w: %w", ErrUnsigned, err)
	}
	s.Message = signed
	return s, s.Check() // it has grown
}
