package limit

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Scope is what is counted together.
type Scope string

// The scopes that have no name of their own.
const (
	All     Scope = "all"     // everything that leaves through this relay
	Warming Scope = "warm-up" // the same, held to the warm-up plan
)

const (
	userPrefix   = "user "
	domainPrefix = "domain "
)

// User is what one submitter sends.
func User(name string) Scope { return Scope(userPrefix + strings.ToLower(name)) }

// Domain is what goes to one destination domain.
func Domain(name string) Scope { return Scope(domainPrefix + strings.ToLower(name)) }

// UserName is the submitter that the scope is about, if it is one.
func (s Scope) UserName() (string, bool) { return strings.CutPrefix(string(s), userPrefix) }

// DomainName is the destination that the scope is about, if it is one.
func (s Scope) DomainName() (string, bool) { return strings.CutPrefix(string(s), domainPrefix) }

// Limits are all that is limited. The zero value limits nothing.
type Limits struct {
	All     []Rate
	Users   map[string][]Rate // by the name of the submitter, in lower case
	Domains map[string][]Rate // by the destination domain, in lower case
	Warmup  Warmup

	// Zone is where days and months begin; the local time when nil.
	Zone *time.Location
}

// Quota is how many recipients one scope may have in one window.
type Quota struct {
	Scope  Scope
	Most   int
	Per    Unit
	Window Window
}

// None reports whether nothing is limited.
func (l Limits) None() bool {
	return len(l.All) == 0 && len(l.Users) == 0 && len(l.Domains) == 0 && l.Warmup.MonthlyGoal == 0
}

// Quotas are those that a recipient counts in.
func (l Limits) Quotas(now time.Time, user, domain string) []Quota {
	now = l.local(now)
	quotas := quotasOf(nil, now, All, l.All)
	if w := l.Warmup; w.MonthlyGoal > 0 {
		quotas = append(quotas, Quota{Warming, w.Most(w.Day(now)), Day, Day.window(now)})
	}
	if user != "" {
		quotas = quotasOf(quotas, now, User(user), l.Users[strings.ToLower(user)])
	}
	return quotasOf(quotas, now, Domain(domain), l.Domains[strings.ToLower(domain)])
}

// Every lists all quotas: the relay's, then those of users and domains.
func (l Limits) Every(now time.Time) []Quota {
	every := l.Quotas(now, "", "")
	now = l.local(now)
	for _, name := range slices.Sorted(maps.Keys(l.Users)) {
		every = quotasOf(every, now, User(name), l.Users[name])
	}
	for _, name := range slices.Sorted(maps.Keys(l.Domains)) {
		every = quotasOf(every, now, Domain(name), l.Domains[name])
	}
	return every
}

func quotasOf(list []Quota, now time.Time, scope Scope, rates []Rate) []Quota {
	for _, r := range rates {
		list = append(list, Quota{scope, r.Most, r.Per, r.Per.window(now)})
	}
	return list
}

// Was reports whether a recipient that was counted at a time counts in the
// window of the quota already.
func (q Quota) Was(counted time.Time) bool {
	return !counted.IsZero() && q.Per.name(counted.In(q.Window.Start.Location())) == q.Window.Name
}

func (l Limits) local(t time.Time) time.Time {
	if l.Zone == nil {
		return t.In(time.Local)
	}
	return t.In(l.Zone)
}
