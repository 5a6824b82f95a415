package config

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
)

// mostMegabytes is the largest message that the queue takes (relay.MaxMessage).
const mostMegabytes = 64

func checkSender(s string) error {
	if s == "*" || IsEmail(s) || strings.HasPrefix(s, "@") && isDomain(s[1:]) {
		return nil
	}
	return fmt.Errorf(`%s is not a sender: write an address, @example.org for all of a domain, or "*" for any`, quote(s))
}

func checkIP(s string) error {
	if addr, err := netip.ParseAddr(s); err == nil && addr.Zone() == "" {
		return nil
	}
	return fmt.Errorf("%s is not an IP address", quote(s))
}

func checkForwarded(s string) error {
	if s == "refuse" || s == "allow" || checkRate(s) == nil {
		return nil
	}
	return fmt.Errorf("%s is not refuse, allow or a rate like 20/day", quote(s))
}

// checkListen wants a certificate where others than this machine can connect.
func (l *loader) checkListen(c *Listen) {
	l.checkFile(&c.TLSCert, "relay.listen.tls_cert")
	l.checkFile(&c.TLSKey, "relay.listen.tls_key")
	switch {
	case c.TLSCert != "" && c.TLSKey == "":
		l.mistake("relay.listen.tls_cert", "has no key: add tls_key")
	case c.TLSCert == "" && c.TLSKey != "":
		l.mistake("relay.listen.tls_key", "has no certificate: add tls_cert")
	case c.TLSCert != "":
		return
	}
	for _, address := range c.Address {
		if host, _, err := net.SplitHostPort(address); err == nil && !isLoopback(host) {
			l.mistake("relay.listen.address", "%s is open to others, and without TLS their passwords would be too: add tls_cert and tls_key", address)
		}
	}
	if len(c.TLSAddress) > 0 {
		l.mistake("relay.listen.tls_address", "needs a certificate: add tls_cert and tls_key")
	}
}

// checkRelayUsers wants every user to have a name of its own.
func (l *loader) checkRelayUsers(users []RelayUser) {
	path := "relay.users"
	if _, short := l.where["relay.user[1]"]; short {
		path = "relay.user"
	}
	seen := map[string]int{}
	for i, u := range users {
		at, name := fmt.Sprintf("%s[%d]", path, i+1), strings.ToLower(u.Name)
		switch {
		case name == "" && !l.wrong[at+".name"]:
			l.mistake(at+".name", "empty: write the name of a user, as in spamreport relay user list")
		case seen[name] > 0:
			l.mistake(at+".name", "user %d is called %s too: give each user one block", seen[name], quote(u.Name))
		default:
			seen[name] = i + 1
		}
	}
}

// SendersOf lists the addresses that a user of the relay may send as.
func (c Config) SendersOf(user string) []string {
	for _, u := range c.Relay.Users {
		if strings.EqualFold(u.Name, user) && len(u.Senders) > 0 {
			return u.Senders
		}
	}
	switch {
	case IsEmail(user):
		return []string{user}
	case c.Identity.Email != "":
		return []string{c.Identity.Email}
	}
	return nil
}
