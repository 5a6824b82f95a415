package headers

import (
	"fmt"
	"strings"
	"time"
)

// follow goes on from the source on the word of the provider that stands
// there. Below it come the provider's own lines, and the first one that names
// a client in the form that its servers write is the end of what it vouches
// for. It returns that client, if any, and the last line that is the
// provider's.
func (t *trace) follow(src *Source, p *provider) (origin *Origin, end int) {
	end = src.Hop
	for i := src.Hop + 1; i < len(t.hops); i++ {
		h := &t.hops[i]
		if !p.wrote(h) || wrongShape(p, h) {
			break
		}
		end = i
		if h.Kind == Web && !h.From.IP.IsValid() || h.Kind == Queue && h.From.Auth != "" {
			break // submitted here, and the client is not shown
		}
		if !public(h.From.IP) || h.Kind == Queue || p.isInner(senderName(h), h.From.IP) {
			continue
		}
		form := p.clientForm(h)
		if form == nil {
			break
		}
		return &Origin{
			IP: h.From.IP, Hop: i, By: h.By.Name,
			Reason: fmt.Sprintf("%s, whose server stands at the source, wrote down that %s took the message from %s, %s%s.",
				p.name, clean(h.By.Name, maxName), h.From.IP, form.what, loginOf(h)),
		}, end
	}
	return t.originFromHeader(src, p), end
}

// wrote reports whether a line can be the provider's: signed by one of its
// hosts, or without a host name of its own, as Gmail's ids and the random
// names of containers are.
func (p *provider) wrote(h *Hop) bool {
	if p.signs(h.By.Name) || h.By.Name == "" && h.Kind == Queue {
		return true
	}
	if _, isID := parseIP(h.By.Name); isID {
		return h.From.HELO == "" // "by 2002:a05:6a10:c78b:b0:49f:67b2:4c2d with SMTP id …"
	}
	return false
}

// clientForm finds the form of the provider that a line has; nil when the
// line claims to be the provider's and is not of its making.
func (p *provider) clientForm(h *Hop) *clientForm {
	for i := range p.clients {
		f := &p.clients[i]
		if !glob(f.by, h.By.Name) || f.id != nil && !f.id(h) || f.extra != nil && !f.extra(h) {
			continue
		}
		for _, w := range f.with {
			if equalFold(h.With, w) {
				return f
			}
		}
	}
	return nil
}

// originFromHeader takes the client from a header that the provider writes
// itself. Two of them, or another shape, mean that somebody else wrote one.
func (t *trace) originFromHeader(src *Source, p *provider) *Origin {
	if p.originHeader == "" {
		return nil
	}
	found := ""
	for k := range t.notes {
		n := &t.notes[k]
		if n.name != p.originHeader || n.above <= src.Hop {
			continue
		}
		if found != "" {
			return nil
		}
		found = t.value(n)
	}
	ip, ok := parseIP(strings.TrimSpace(found))
	if !ok || !public(ip) || ip == src.IP {
		return nil
	}
	return &Origin{
		IP: ip, Hop: -1, By: p.name,
		Reason: fmt.Sprintf("%s, whose server stands at the source, names %s as its client in %s.", p.name, ip, p.originHeader),
	}
}

func loginOf(h *Hop) string {
	switch {
	case h.From.Auth == "" || loggedIn(h.From.Auth) || equalFold(h.From.Auth, "authenticated"):
		return ""
	case equalFold(h.From.Auth, "HTTP"):
		return " over HTTP"
	}
	return fmt.Sprintf(" logged in as %s", clean(h.From.Auth, maxName))
}

// googleID knows the ids of Gmail's front ends, which end in the time on the
// Pacific coast: t2-20020a0dd102sm323460ywd.44.2026.01.01.02.00.00.
func googleID(h *Hop) bool {
	const layout = ".2006.01.02.15.04.05"
	at := len(h.ID) - len(layout)
	if at < 0 {
		return false
	}
	local, err := time.Parse(layout, h.ID[at:])
	if err != nil {
		return false
	}
	behind := h.Time.Sub(local)
	return h.Time.IsZero() || behind > 6*time.Hour && behind < 9*time.Hour
}

// exchangeOnlineID knows the "id" of Exchange Online, which is its version.
func exchangeOnlineID(h *Hop) bool {
	return strings.HasPrefix(h.ID, "15.") && strings.Count(h.ID, ".") >= 2
}

func byEximID(h *Hop) bool { return eximID(h.ID) }

func bySendGrid(h *Hop) bool { return h.Software == "SendGrid" }
