package lookup

import (
	"slices"
	"strings"
)

// candidate is an address that an answer names, with what speaks for it.
type candidate struct {
	email string
	role  string
	// conf: High for the network's own abuse role, Medium for an abuse address
	// that stands elsewhere, Low for others who are responsible.
	conf Confidence
	// order sorts what is otherwise equal: smaller is nearer to the network.
	order int
}

// roleNames are the local parts that desks go by, best first (RFC 2142 and
// practice). They choose where a network names several addresses and no
// abuse role.
var roleNames = []string{"abuse", "security", "noc", "support", "admin", "postmaster"}

// roleAliases are other spellings of the same desks.
var roleAliases = map[string]string{
	"abuses": "abuse", "spam": "abuse", "antispam": "abuse", "anti-spam": "abuse", "abusedesk": "abuse", "abuse-desk": "abuse",
	"complaint": "abuse", "abuso": "abuse", "abusos": "abuse", "abus": "abuse", "missbrauch": "abuse", "misbruik": "abuse", "naduzycia": "abuse", "denuncias": "abuse", "complaints": "abuse", "netabuse": "abuse", "ipabuse": "abuse", "spamreport": "abuse", "report-abuse": "abuse",
	"cert": "security", "csirt": "security", "cirt": "security", "soc": "security", "irt": "security", "infosec": "security",
	"net-admin": "noc", "netadmin": "noc", "network": "noc", "netops": "noc", "ipadmin": "noc", "nic": "noc",
	"helpdesk": "support", "administrator": "admin", "sysadmin": "admin", "root": "admin", "hostmaster": "admin",
}

// deskOf tells which desk a local part sounds like; "" for none.
func deskOf(email string) string {
	local, _, _ := strings.Cut(email, "@")
	if slices.Contains(roleNames, local) {
		return local
	}
	if desk, ok := roleAliases[local]; ok {
		return desk
	}
	if strings.Contains(local, "abuse") { // abuse-emea@, domainabuse@, abusecomplaints@, …
		return "abuse"
	}
	for word := range strings.FieldsFuncSeq(local, func(r rune) bool { return r < 'a' || r > 'z' }) {
		if word == "spam" {
			return "abuse"
		}
	}
	return ""
}

func deskRank(email string) int {
	if i := slices.Index(roleNames, deskOf(email)); i >= 0 {
		return i
	}
	return len(roleNames)
}

// contactRoles ranks what an entity is for the network, best first.
var contactRoles = []string{
	"abuse", "remarks", "security", "noc", "technical", "routing", "administrative", "registrar", "reseller", "registrant", "contact",
}

func roleRank(role string) int {
	if i := slices.Index(contactRoles, role); i >= 0 {
		return i
	}
	return len(contactRoles)
}

var confidenceRank = map[Confidence]int{High: 0, Medium: 1, Low: 2}

// promote raises an address that sounds like an abuse desk and stands outside
// of an abuse role.
func (c candidate) promote() candidate {
	if c.conf == Low && deskOf(c.email) == "abuse" {
		c.conf = Medium
	}
	return c
}

// ranked sorts candidates, best first, and drops repetitions.
func ranked(list []candidate) []candidate {
	sorted := make([]candidate, len(list))
	for i, c := range list {
		sorted[i] = c.promote()
	}
	slices.SortStableFunc(sorted, compareCandidates)
	seen := make(map[string]bool, len(sorted))
	return slices.DeleteFunc(sorted, func(c candidate) bool {
		again := seen[c.email]
		seen[c.email] = true
		return again
	})
}

func compareCandidates(a, b candidate) int {
	if d := confidenceRank[a.conf] - confidenceRank[b.conf]; d != 0 {
		return d
	}
	if a.conf == High { // the nearest abuse role, in the registry's own order
		return a.order - b.order
	}
	if d := deskRank(a.email) - deskRank(b.email); d != 0 {
		return d
	}
	if d := roleRank(a.role) - roleRank(b.role); d != 0 {
		return d
	}
	return a.order - b.order
}

// contacts turns ranked candidates of one answer into results.
func contacts(list []candidate, via, server string) []Contact {
	var out []Contact
	for _, c := range ranked(list) {
		out = append(out, Contact{Email: c.email, Role: c.role, Via: via, Server: server, Confidence: c.conf, Rank: c.rank()})
	}
	return out
}

// rank tells candidates of the same desk from those of the next.
func (c candidate) rank() int {
	if c.conf == High {
		return c.order
	}
	return deskRank(c.email)*100 + roleRank(c.role)
}
