// Package mtasts fetches and applies the policies by which a domain says that
// mail for it must come over verified TLS (MTA-STS, RFC 8461).
//
// A domain announces a policy in DNS (_mta-sts.example.net TXT) and serves it
// over HTTPS (https://mta-sts.example.net/.well-known/mta-sts.txt), so that a
// public authority vouches for it where DNSSEC does not. It names the servers
// that may take the mail and how long it holds. Within that time a sender
// keeps to it, also when the announcement is gone: an attacker who can forge
// DNS today finds the policy of last week in the way. This is why policies are
// kept (see [Cache]).
package mtasts

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Mode says what a policy asks for.
type Mode string

// The modes (RFC 8461 §5).
const (
	Enforce Mode = "enforce" // verified TLS, or no delivery
	Testing Mode = "testing" // failures are only reported; we deliver as ever
	None    Mode = "none"    // the domain has given its policy up
)

// Policy is what a domain serves.
type Policy struct {
	Mode   Mode
	MX     []string // names of servers; "*.example.net" is any with one more label
	MaxAge time.Duration
}

// maxMaxAge is the longest that a policy may hold: a year (RFC 8461 §3.2).
const maxMaxAge = 31557600 * time.Second

// Parse reads a policy (RFC 8461 §3.2). Unknown keys are passed over. Of a key
// that is there twice the first counts, except for mx.
func Parse(text string) (Policy, error) {
	var p Policy
	seen := map[string]string{}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n\t ")
		if line == "" {
			continue
		}
		key, value, found := strings.Cut(line, ":")
		if !found {
			return p, fmt.Errorf("%.40q is not of the form key: value", line)
		}
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		if key == "mx" {
			p.MX = append(p.MX, strings.ToLower(strings.TrimSuffix(value, ".")))
		} else if _, again := seen[key]; !again {
			seen[key] = value
		}
	}
	if seen["version"] != "STSv1" {
		return p, fmt.Errorf("version %.40q, want STSv1", seen["version"])
	}
	p.Mode = Mode(seen["mode"])
	if p.Mode != Enforce && p.Mode != Testing && p.Mode != None {
		return p, fmt.Errorf("mode %.40q, want enforce, testing or none", seen["mode"])
	}
	seconds, err := strconv.ParseUint(seen["max_age"], 10, 40)
	if err != nil {
		return p, fmt.Errorf("max_age %.40q is no number of seconds", seen["max_age"])
	}
	p.MaxAge = min(time.Duration(seconds)*time.Second, maxMaxAge)
	if len(p.MX) == 0 && p.Mode != None {
		return p, errors.New("no mx")
	}
	return p, nil
}

// Matches reports whether mail may be given to a server (RFC 8461 §4.1).
func (p Policy) Matches(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, pattern := range p.MX {
		if pattern == host {
			return true
		}
		parent, wild := strings.CutPrefix(pattern, "*.")
		if _, rest, found := strings.Cut(host, "."); wild && found && rest == parent {
			return true
		}
	}
	return false
}

// String writes a policy as it is served.
func (p Policy) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "version: STSv1\nmode: %s\n", p.Mode)
	for _, mx := range p.MX {
		fmt.Fprintf(&b, "mx: %s\n", mx)
	}
	fmt.Fprintf(&b, "max_age: %d\n", int64(p.MaxAge/time.Second))
	return b.String()
}

// parseID reads the announcement: the id, which changes with the policy (RFC
// 8461 §3.1). Records of another kind are passed over; several of this kind
// are as good as none.
func parseID(records []string) (id string, found bool) {
	count := 0
	for _, record := range records {
		fields := strings.Split(record, ";")
		if strings.TrimSpace(fields[0]) != "v=STSv1" {
			continue
		}
		count++
		for _, field := range fields[1:] {
			key, value, _ := strings.Cut(field, "=")
			if strings.TrimSpace(key) == "id" {
				id = strings.TrimSpace(value)
			}
		}
	}
	if count != 1 || len(id) == 0 || len(id) > 32 || strings.ContainsFunc(id, notAlphanumeric) {
		return "", false
	}
	return id, true
}

func notAlphanumeric(r rune) bool {
	return !('0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z')
}
