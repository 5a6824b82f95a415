package lookup

import (
	"cmp"
	"errors"
	"fmt"
)

// What a caller decides on. Each is matched with errors.Is; the error that is
// returned names the query and what to do.
var (
	// ErrBadQuery: the text is no address, prefix, AS number, domain or URL.
	ErrBadQuery = errors.New("not an IP address, CIDR, AS number, domain or URL")
	// ErrSpecialPurpose: nobody runs the address (private, loopback,
	// documentation, multicast, reserved), so there is nobody to ask.
	ErrSpecialPurpose = errors.New("special-purpose address")
	// ErrNoContact: the registries answered, and name nobody who may be
	// mailed. Asking again soon does not help.
	ErrNoContact = errors.New("no abuse contact")
	// ErrUnreachable: no registry answered. Temporary: try again later.
	ErrUnreachable = errors.New("no registry could be reached")
)

// Error is how every failed lookup ends. Kind is one of the errors above.
type Error struct {
	Query string
	Kind  error
	Hint  string // what went wrong in detail, and what to do
	Cause error  // the last failure on the wire, where there was one
}

// Error is one line.
func (e *Error) Error() string {
	s := fmt.Sprintf("lookup %s: %v", cmp.Or(oneLine(e.Query, 80), `""`), e.Kind)
	if e.Hint != "" {
		s += ": " + e.Hint
	}
	if e.Cause != nil {
		s += " (" + oneLine(e.Cause.Error(), 200) + ")"
	}
	return s
}

// Unwrap lets errors.Is find the kind as well as the cause.
func (e *Error) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Cause}
}

// Temporary reports whether the same query may succeed later.
func (e *Error) Temporary() bool { return errors.Is(e.Kind, ErrUnreachable) }

// oneLine makes hostile text safe to quote in an error or a trail: printable,
// on one line, cut at limit characters.
func oneLine(s string, limit int) string {
	out := make([]rune, 0, min(len(s), limit))
	for _, r := range s {
		if len(out) >= limit {
			return string(out) + "…"
		}
		if r < ' ' || r == 0x7f || (r >= 0x80 && r < 0xa0) || r == 0x2028 || r == 0x2029 || r == 0xfffd {
			r = ' '
		}
		out = append(out, r)
	}
	return string(out)
}
