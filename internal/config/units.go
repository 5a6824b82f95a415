package config

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// ParseDuration reads Go durations and days, the unit in which people think
// of the age of mail: 30d, 1d12h.
func ParseDuration(s string) (time.Duration, error) {
	mistake := fmt.Errorf("%s is not a duration: write 10s, 5m, 2h or 30d", quote(s))
	const mostDays = 36500
	var whole time.Duration
	days, rest, ok := strings.Cut(s, "d")
	if ok {
		n, err := strconv.ParseUint(days, 10, 32)
		if err != nil || n > mostDays {
			return 0, mistake
		}
		whole = time.Duration(n) * 24 * time.Hour
		if rest == "" {
			return whole, nil
		}
	} else {
		rest = s
	}
	d, err := time.ParseDuration(rest)
	if err != nil || (ok && d < 0) || whole+d < 0 && d > 0 {
		return 0, mistake
	}
	return whole + d, nil
}

// parsePrefix reads a network. Host bits are refused: 192.0.2.7/24 is more
// often a slip than a wish to name 256 addresses.
func parsePrefix(s string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return p, fmt.Errorf("%s is not a network: write it like 192.0.2.0/24 or 2001:db8::/32", quote(s))
	}
	if p != p.Masked() {
		return p, fmt.Errorf("%s is an address inside a network: write %s, or the address alone with /%d", s, p.Masked(), p.Addr().BitLen())
	}
	return p, nil
}
