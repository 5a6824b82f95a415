package relay

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"spamreport/relay/mx"
)

// tries are the tries of one dial.
type tries struct {
	*Exchangers
	domain string
	source netip.Addr
	count  int
	last   bool // it is the turn of those that are unwell
	// passedOver says that there are some.
	passedOver bool
	err        error // the last failure that says something about a server
	// refusal is why a server is none, when that is all that is known: no
	// address, or a private one.
	refusal error
}

func (t *tries) verdict() error {
	switch {
	case t.err == nil && t.refusal != nil:
		return undeliverable(t.refusal)
	case t.err == nil:
		return fmt.Errorf("%s: no server of the domain could be tried from here", t.domain)
	case t.Exchangers.verdict() != nil:
		return fmt.Errorf("%w: %w", t.err, ErrBlocked)
	}
	return t.err
}

// host tries the addresses of one server.
func (t *tries) host(ctx context.Context, finder *mx.Finder, host mx.Host, demand demand) *session {
	addresses, err := finder.Addresses(ctx, host)
	var refusal *mx.Refusal
	if errors.As(err, &refusal) {
		t.refusal = err
		return nil
	}
	if err != nil {
		t.err = err
		return nil
	}
	shield, err := t.shield(ctx, t.domain, host, addresses, demand)
	if err != nil {
		t.err = fmt.Errorf("%s: %w", host.Name, err)
		return nil
	}
	for _, addr := range addresses.List {
		if t.source.IsValid() && t.source.Is4() != addr.Is4() {
			continue // this source cannot reach that family
		}
		if t.unwell.is(addr, time.Now()) != t.last {
			t.passedOver = true
			continue
		}
		if t.count++; t.count > maxTries || ctx.Err() != nil {
			return nil
		}
		s, err := t.open(ctx, addr, t.source, shield)
		if err == nil {
			s.brokeDown = func() { t.unwell.note(addr, time.Now()) }
			return s
		}
		t.err = fmt.Errorf("%s [%s]: %w", host.Name, addr, err)
	}
	return nil
}

// maxTries is how many addresses are tried in one attempt.
const maxTries = 8
