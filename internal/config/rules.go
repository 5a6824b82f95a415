package config

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// rules are the checks of single texts, by the name in the check tag. Empty
// texts do not come here: they mean that the key is not set.
var rules = map[string]func(string) error{
	"database": checkDatabase,
	"oneline":  checkOneLine,
	"email":    checkEmail,
	"server":   checkServer,
	"hostport": func(s string) error { return hostPort(s, "127.0.0.1:8025") },
	"dns":      func(s string) error { return hostPort(s, "192.0.2.53:53") },
	"whois":    func(s string) error { return hostPort(s, "192.0.2.43:43") },
	"after":    checkAfter,
	"trust":    checkTrust,
	"url":      checkURL,
	"target":   checkTarget,
	"helo":     checkHELO,
	"rate":     checkRate,
	"quota":    checkQuota,
	"domain":   checkDomain,
	"desk":     checkDesk,
	"contact":  checkContact,

	"destination": checkDestination,
	"selector":    checkSelector,

	"sender":    checkSender,
	"ip":        checkIP,
	"forwarded": checkForwarded,
	"forwarder": checkForwarder,
}

func obeyNumber(rule string, n int64) error {
	if rule == "positive" && n <= 0 {
		return errors.New("must be more than 0")
	}
	if rule == "not negative" && n < 0 {
		return errors.New("must be 0 or more")
	}
	if rule == "megabytes" && (n < 1 || n > mostMegabytes) {
		return fmt.Errorf("must be from 1 to %d", mostMegabytes)
	}
	return nil
}

func obeyText(rule, text string) error {
	words, isWords := strings.CutPrefix(rule, "one of: ")
	switch {
	case text == "":
		return nil
	case isWords && !slices.Contains(strings.Fields(words), text):
		return fmt.Errorf("%s is not one of %s", quote(text), strings.Join(strings.Fields(words), ", "))
	case isWords:
		return nil
	}
	if check, ok := rules[rule]; ok {
		return check(text)
	}
	return nil
}

// checkDatabase does not quote the value: a postgres URL holds a password.
func checkDatabase(s string) error {
	switch {
	case s == "sqlite":
		return nil
	case strings.HasPrefix(s, "postgres://"), strings.HasPrefix(s, "postgresql://"):
		if u, err := url.Parse(s); err != nil || strings.Trim(u.Path, "/") == "" {
			return errors.New("is not the URL of a database: write it like postgres://user@db.example.org:5432/spamreport")
		}
		return nil
	}
	return errors.New(`must be "sqlite" or a URL like postgres://user@db.example.org:5432/spamreport`)
}

// checkOneLine keeps line breaks out of whatever ends up in a header, an SMTP
// command or a terminal.
func checkOneLine(s string) error {
	if strings.ContainsFunc(s, unicode.IsControl) {
		return errors.New("must be one line without control characters")
	}
	return nil
}

func checkEmail(s string) error {
	if IsEmail(s) {
		return nil
	}
	return fmt.Errorf("%s is not an e-mail address: write it like reports@example.org", quote(s))
}

// IsEmail wants the bare address: no name, no comment, no list.
func IsEmail(s string) bool {
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || a.Name != "" {
		return false
	}
	domain := s[strings.LastIndexByte(s, '@')+1:]
	return isDomain(domain) || strings.HasPrefix(domain, "[")
}

// IsServer wants a host, or a host and its port.
func IsServer(s string) bool { return checkServer(s) == nil }

func checkServer(s string) error {
	host := s
	if strings.Contains(s, "://") {
		return errors.New("is a URL: write host or host:port alone") // it may hold a password
	}
	if h, port, err := net.SplitHostPort(s); err == nil {
		if !isPort(port) {
			return fmt.Errorf("%s has no valid port: write host or host:port", quote(s))
		}
		host = h
	}
	if !isHost(host) {
		return fmt.Errorf("%s is not a server: write host or host:port, like server.example.org:993", quote(s))
	}
	return nil
}

// hostPort wants both; the example is one for what listens there.
func hostPort(s, example string) error {
	host, port, err := net.SplitHostPort(s)
	if err != nil || !isPort(port) || !isHost(host) {
		return fmt.Errorf("%s is not host:port: write it like %s", quote(s), example)
	}
	return nil
}

func checkAfter(s string) error {
	folder, move := strings.CutPrefix(s, "move:")
	switch {
	case s == "flag", s == "nothing", move && strings.TrimSpace(folder) != "":
		return checkOneLine(s)
	case move:
		return errors.New("move: needs the name of a folder, like move:Reported")
	case s == "delete", s == "expunge":
		return errors.New("nothing is ever deleted: write flag, move:FOLDER or nothing")
	}
	return fmt.Errorf("%s is not one of flag, move:FOLDER, nothing", quote(s))
}

func checkTrust(s string) error {
	if strings.Contains(s, "/") {
		_, err := parsePrefix(s)
		return err
	}
	if _, err := netip.ParseAddr(s); err == nil || isDomain(s) {
		return nil
	}
	return fmt.Errorf("%s is not an address, network or domain: write 192.0.2.7, 192.0.2.0/24 or example.org", quote(s))
}

func checkURL(s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return fmt.Errorf("%s is not a URL: write it like https://data.iana.org/rdap/", quote(s))
	}
	if u.User != nil {
		return errors.New("must not hold a login")
	}
	return nil
}

func checkTarget(s string) error {
	if isDomain(strings.TrimPrefix(s, "@")) || IsEmail(s) {
		return nil
	}
	return fmt.Errorf("%s is neither an e-mail address nor a domain", quote(s))
}

// checkForwarder wants an address, or @ and a domain.
func checkForwarder(s string) error {
	if domain, all := strings.CutPrefix(s, "@"); all && isDomain(domain) || IsEmail(s) {
		return nil
	}
	return fmt.Errorf("%s is neither an e-mail address nor @ and a domain, like @example.org", quote(s))
}

func checkHELO(s string) error {
	literal := strings.TrimPrefix(strings.TrimSuffix(strings.TrimPrefix(s, "["), "]"), "IPv6:")
	_, err := netip.ParseAddr(literal)
	if isDomain(s) || err == nil && s[0] == '[' && s[len(s)-1] == ']' {
		return nil
	}
	return fmt.Errorf("%s is neither a host name nor an address in brackets (RFC 5321 §4.1.1.1)", quote(s))
}

func isPort(s string) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return err == nil && n > 0
}

func isHost(s string) bool {
	_, err := netip.ParseAddr(s)
	return err == nil || isDomain(s)
}

// isDomain accepts host names: letters of any script (the programs that dial
// convert them), digits, hyphens and, because they exist, underscores.
func isDomain(s string) bool {
	s = strings.TrimSuffix(s, ".")
	if s == "" || len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, r := range label {
			if r != '-' && r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
				return false
			}
		}
	}
	// 1.2.3.400 is a slip in an address, not a name: no top-level domain is
	// all digits (RFC 3696 §2).
	last := s[strings.LastIndexByte(s, '.')+1:]
	return strings.TrimLeft(last, "0123456789") != ""
}
