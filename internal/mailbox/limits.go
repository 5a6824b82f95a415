package mailbox

import "slices"

// The limits of a zero Limits.
const (
	DefaultKeep = 1 << 20   // a complaint quotes less; attachments are of no use to an abuse desk
	DefaultMax  = 256 << 20 // beyond what mail servers let through; stops an endless standard input
)

// Limits bounds what one message may cost. The zero value is ready to use.
type Limits struct {
	Keep int64 // octets kept in Message.Raw; the rest is counted and hashed only
	Max  int64 // a larger message is ErrTooLarge
}

func (l Limits) withDefaults() Limits {
	if l.Keep <= 0 {
		l.Keep = DefaultKeep
	}
	if l.Max <= 0 {
		l.Max = DefaultMax
	}
	return l
}

// intake takes the octets of one message as they come: it keeps the first
// ones, counts all of them and computes the digest.
type intake struct {
	limits Limits
	raw    []byte
	size   int64
	digest digester
}

func newIntake(limits Limits) *intake {
	return &intake{limits: limits.withDefaults(), digest: newDigester()}
}

// announce makes room for what is to come.
func (in *intake) announce(size int64) {
	in.raw = slices.Grow(in.raw, int(min(max(size, 0), in.limits.Keep)))
}

// Write never fails: that the message is too large is told by message, when
// the end of it is known.
func (in *intake) Write(p []byte) (int, error) {
	if room := in.limits.Keep - int64(len(in.raw)); room > 0 {
		in.raw = append(in.raw, p[:min(int64(len(p)), room)]...)
	}
	in.size += int64(len(p))
	_, _ = in.digest.Write(p)
	return len(p), nil
}

// tooLarge tells a reader that it may stop.
func (in *intake) tooLarge() bool { return in.size > in.limits.Max }

// message ends the intake.
func (in *intake) message(name string) (Message, error) {
	m, err := in.end()
	m.Name = name
	if err != nil {
		err = fileError(name, err)
	}
	return m, err
}

// end is message for one whose name is not known yet.
func (in *intake) end() (Message, error) {
	m := Message{Size: in.size}
	switch {
	case in.size == 0:
		return m, ErrEmpty
	case in.tooLarge():
		return m, ErrTooLarge
	}
	m.Raw, m.Truncated, m.Digest = in.raw, int64(len(in.raw)) < in.size, in.digest.sum()
	return m, nil
}
