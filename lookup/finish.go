package lookup

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
)

// unmailable tells why an address gets no complaint today.
func (c *Client) unmailable(email string) (why string, bad bool) {
	if why, bad = NeverMail(email); bad {
		return why, true
	}
	if c.opts.Suppressed != nil {
		return c.opts.Suppressed(email)
	}
	return "", false
}

// finish makes a result of every candidate that was found: overrides by AS
// first, then the best of those that may be mailed; the others are listed with
// the reason.
func (c *Client) finish(raw Result) Result {
	out := Result{Network: raw.Network, Rejected: slices.Clone(raw.Rejected)}
	all := raw.Contacts
	if row, ok := c.overrides.ofNetwork(raw.Network); ok {
		all = append(row.contacts(), all...)
	}
	seen := make(map[string]bool)
	for _, r := range raw.Rejected {
		seen[r.Email] = true
	}
	for _, contact := range byConfidence(all) {
		if seen[contact.Email] {
			continue
		}
		seen[contact.Email] = true
		if why, bad := c.unmailable(contact.Email); bad {
			out.Rejected = append(out.Rejected, Rejected{contact.Email, why})
			continue
		}
		out.Contacts = append(out.Contacts, contact)
	}
	if len(out.Contacts) > 0 && out.Contacts[0].Confidence != Low {
		// Where there is a desk, the people behind the network are left alone.
		out.Contacts = slices.DeleteFunc(out.Contacts, func(c Contact) bool { return c.Confidence == Low })
	}
	return out
}

// byConfidence merges the sources' rankings: each source's order is kept
// within a confidence.
func byConfidence(list []Contact) []Contact {
	sorted := slices.Clone(list)
	slices.SortStableFunc(sorted, func(a, b Contact) int {
		return cmp.Compare(confidenceRank[a.Confidence], confidenceRank[b.Confidence])
	})
	return sorted
}

// best is the confidence of the best contact of a finding that may be mailed;
// empty when there is none.
func (c *Client) best(f finding) Confidence {
	best := Confidence("")
	for _, contact := range f.contacts {
		if contains(f.dead, contact.Email) {
			continue
		}
		if best != "" && confidenceRank[contact.Confidence] >= confidenceRank[best] {
			continue
		}
		if _, bad := c.unmailable(contact.Email); !bad {
			best = contact.Confidence
		}
	}
	return best
}

// warmed is how many entries Warm takes: what they weigh is a part of the memory
// of a sweep.
const warmed = 2000

// Warm takes the latest answers of the Cache into memory at once. It is for
// those who are about to look up many addresses and have nothing to do yet: one
// question for each network takes ten times as long. A Cache that fails is told
// to the log; the lookups ask it again.
func (c *Client) Warm(ctx context.Context) {
	if c.opts.Cache == nil {
		return
	}
	entries, err := c.opts.Cache.Latest(ctx, warmed)
	if err != nil && ctx.Err() == nil {
		c.opts.Logger.Warn("cannot read the cache of answers", "error", err)
	}
	for _, e := range entries {
		if ctx.Err() != nil {
			return
		}
		if e.Fresh(time.Now()) && !c.memory.has(e.Key) { // what was asked for meanwhile is newer
			c.remember(e)
		}
	}
}

// Entries lists what the cache holds (the Cache, or the memory when there is
// none), each with the result as it would be served today.
func (c *Client) Entries(ctx context.Context) ([]Entry, error) {
	entries := c.memory.entries()
	if c.opts.Cache != nil {
		var err error
		if entries, err = c.opts.Cache.List(ctx); err != nil {
			return nil, fmt.Errorf("lookup: list the cache: %w", err)
		}
	}
	for i := range entries {
		entries[i].Result = c.finish(entries[i].Result)
	}
	return entries, nil
}

// Forget removes the entries that answer for the queries; without queries,
// everything.
func (c *Client) Forget(ctx context.Context, queries ...string) error {
	var keys []string
	for _, text := range queries {
		q, err := parseQuery(text)
		if err != nil {
			return err
		}
		keys = append(keys, lookupKeys(q)...)
	}
	if len(queries) == 0 {
		c.memory.clear()
	} else {
		c.memory.forget(keys)
	}
	if c.opts.Cache == nil {
		return nil
	}
	return c.opts.Cache.Delete(ctx, keys...)
}
