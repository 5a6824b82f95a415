package lookup

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// answer is what one registry says, read.
type answer struct {
	network    Network
	candidates []candidate
	dead       []string // addresses that the registry marks undeliverable
	notes      []string // "truncated" and the like, for the trail

	// RDAP: where more can be had.
	up    string   // link to the parent network, or to the registrar's answer
	stubs []string // links to abuse entities that came without an address

	// WHOIS: who else is to be asked. (RDAP: the port43 member.)
	referral string // host or host:port
	foreign  bool   // the network is the referral's, nothing here counts
	handles  []handle
}

// handle names a contact whose address is to be had in a query of its own.
type handle struct{ name, role string }

// maxEntityDepth bounds the nesting of entities; real answers have three.
const maxEntityDepth = 8

var errNoRDAPObject = errors.New("not an RDAP object")

// readRDAP reads the answer to a network, autnum or domain query (RFC 9083
// §5). It expects the flaws of real servers: wrong types, missing
// objectClassName, padded addresses, empty entities.
func readRDAP(body []byte, kind queryKind) (answer, error) {
	var top map[string]any
	if err := json.Unmarshal(body, &top); err != nil {
		return answer{}, fmt.Errorf("not JSON: %w", err)
	}
	if _, failed := top["errorCode"]; failed {
		return answer{}, fmt.Errorf("the server says: %s", oneLine(text(top, "title"), 80))
	}
	if !looksLikeObject(top) {
		return answer{}, errNoRDAPObject
	}
	a := answer{network: rdapNetwork(top, kind)}
	for _, notice := range append(objects(top["notices"]), objects(top["remarks"])...) {
		if t := strings.ToLower(text(notice, "type") + " " + text(notice, "title")); strings.Contains(t, "truncated") {
			a.notes = append(a.notes, "truncated")
		}
	}
	w := rdapWalk{kind: kind, out: &a}
	w.remarks(top)
	for _, e := range objects(top["entities"]) {
		w.entity(e, nil, 0)
	}
	if m := referralURL().FindStringSubmatch(strings.TrimSpace(text(top, "port43"))); m != nil && m[2] == "" {
		a.referral = strings.ToLower(m[1])
	}
	a.up = linkTo(top, "up", "")
	if kind == domainQuery {
		// A registry that knows only the registrar links to its server.
		a.up = linkTo(top, "related", "rdap+json")
	}
	return a, nil
}

func looksLikeObject(top map[string]any) bool {
	for _, key := range []string{"entities", "startAddress", "startAutnum", "ldhName", "handle"} {
		if top[key] != nil {
			return true
		}
	}
	return false
}

// rdapWalk collects the candidates of an answer.
type rdapWalk struct {
	kind queryKind
	out  *answer
}

// entity reads one entity and those inside it. above are the roles of the
// entities that it is nested in: ARIN nests the abuse desk in the registrant,
// domain registries in the registrar.
func (w rdapWalk) entity(e map[string]any, above []string, depth int) {
	if depth > maxEntityDepth || len(w.out.candidates) > 4*maxEmails {
		return
	}
	roles := lowerTexts(e["roles"])
	role := bestRole(roles)
	emails := entityEmails(e)
	if role == "abuse" && len(emails) == 0 {
		if href := linkTo(e, "self", ""); href != "" {
			w.out.stubs = append(w.out.stubs, href)
		}
	}
	for i, c := range emails {
		if cand, ok := w.candidate(c, role, above, depth); ok {
			if outdated(e) {
				cand.order += maxEntityDepth + 1
			}
			if lesser := i > 0 && lessPreferred(c, emails[0]); lesser && cand.conf == High {
				cand.conf = Medium
			}
			w.out.candidates = append(w.out.candidates, cand)
		}
	}
	w.remarks(e)
	for _, child := range objects(e["entities"]) {
		w.entity(child, append(slices.Clone(above), roles...), depth+1)
	}
}

// outdated: ARIN marks contacts that did not answer it for a year, others those
// that were taken out. They come after those of whom nobody says so.
func outdated(e map[string]any) bool {
	for _, status := range lowerTexts(e["status"]) {
		if status == "removed" || status == "inactive" {
			return true
		}
	}
	return slices.ContainsFunc(objects(e["remarks"]), func(r map[string]any) bool {
		return strings.Contains(strings.ToLower(text(r, "title")), "unvalidated")
	})
}

// lessPreferred: of several addresses of an abuse role the ones that are
// marked as the abuse mailbox or preferred are meant, if any is.
func lessPreferred(c, best cardEmail) bool {
	return best.abuse && !c.abuse || best.pref < c.pref
}

func (w rdapWalk) candidate(c cardEmail, role string, above []string, depth int) (candidate, bool) {
	cand := candidate{email: c.email, role: role, conf: Low, order: depth}
	switch {
	case w.kind == domainQuery && (role != "abuse" && role != "registrar" || slices.Contains(above, "registrant")):
		// The registrant and the contacts of a domain may be the spammer.
		return candidate{}, false
	case role == "abuse":
		cand.conf = High
	case c.abuse:
		cand.conf = Medium
	}
	return cand, true
}

// remarks are the last resort (see abuseInRemarks).
func (w rdapWalk) remarks(object map[string]any) {
	if w.kind == domainQuery {
		return
	}
	var lines []string
	for _, r := range objects(object["remarks"]) {
		lines = append(lines, text(r, "title"))
		for _, t := range texts(r["description"], 0) {
			lines = append(lines, strings.Split(t, "\n")...)
		}
		lines = append(lines, "")
	}
	abuse, dead := abuseInRemarks(lines)
	for _, email := range abuse {
		w.out.candidates = append(w.out.candidates, candidate{email: email, role: "remarks", conf: Medium})
	}
	w.out.dead = append(w.out.dead, dead...)
}

// bestRole is the role of an entity that matters most here.
func bestRole(roles []string) string {
	best := "contact"
	for _, r := range roles {
		if r = canonicalRole(r); roleRank(r) < roleRank(best) {
			best = r
		}
	}
	return best
}

func canonicalRole(role string) string {
	switch role {
	case "tech":
		return "technical"
	case "admin":
		return "administrative"
	case "sponsor":
		return "registrar"
	}
	return role
}

func entityEmails(e map[string]any) []cardEmail {
	for _, found := range [][]cardEmail{
		cardEmails(e["vcardArray"]), cardEmails(e["vcard"]), jsCardEmails(e["jscontact_card"]), jsCardEmails(e["jscard"]),
	} {
		if len(found) > 0 {
			return found
		}
	}
	var found []cardEmail
	for _, t := range append(texts(e["email"], 0), texts(e["emails"], 0)...) {
		for _, email := range emailsIn(t) {
			found = append(found, cardEmail{email: email, pref: noPref})
		}
	}
	return found
}

// rdapNetwork reads what the answer is about.
func rdapNetwork(top map[string]any, kind queryKind) Network {
	n := Network{
		Handle:  oneLine(text(top, "handle"), 120),
		Name:    oneLine(text(top, "name"), 120),
		Country: country(text(top, "country")),
	}
	switch kind {
	case domainQuery:
		n.Domain = strings.ToLower(strings.TrimSuffix(text(top, "ldhName"), "."))
		n.Name = registrarName(top)
	case asnQuery:
		n.ASN = number(top["startAutnum"])
	case netQuery:
		n.CIDR = rdapPrefixes(top)
		if origins, ok := top["arin_originas0_originautnums"].([]any); ok {
			n.ASN = number(first(origins))
		}
	}
	return n
}

// rdapPrefixes reads the cidr0 extension where there is one, else the start
// and end addresses.
func rdapPrefixes(top map[string]any) []netip.Prefix {
	var out []netip.Prefix
	for _, c := range objects(top["cidr0_cidrs"]) {
		base := text(c, "v4prefix") + text(c, "v6prefix")
		if p, ok := parsePrefix(fmt.Sprintf("%s/%d", base, number(c["length"]))); ok && len(out) < maxNetworkPrefixes {
			out = append(out, p)
		}
	}
	if len(out) > 0 {
		return out
	}
	return parseRange(text(top, "startAddress"), text(top, "endAddress"))
}

// registrarName is the formatted name on the registrar's card.
func registrarName(top map[string]any) string {
	for _, e := range objects(top["entities"]) {
		if !slices.Contains(lowerTexts(e["roles"]), "registrar") {
			continue
		}
		card, _ := e["vcardArray"].([]any)
		for _, list := range card {
			properties, _ := list.([]any)
			for _, p := range properties {
				property, _ := p.([]any)
				if len(property) >= 4 && property[0] == "fn" {
					name, _ := property[3].(string)
					return oneLine(name, 120)
				}
			}
		}
	}
	return ""
}

// readEntity reads an abuse entity that was fetched by itself.
func readEntity(body []byte) []candidate {
	var e map[string]any
	if json.Unmarshal(body, &e) != nil {
		return nil
	}
	a := answer{}
	w := rdapWalk{kind: netQuery, out: &a}
	e["roles"] = "abuse"
	delete(e, "entities")
	w.entity(e, nil, 0)
	return a.candidates
}
