package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// rateUnits are what may stand behind the stroke of a rate.
var rateUnits = map[string]time.Duration{
	"s": time.Second, "second": time.Second,
	"min": time.Minute, "minute": time.Minute,
	"h": time.Hour, "hour": time.Hour,
	"d": 24 * time.Hour, "day": 24 * time.Hour,
	"month": 30 * 24 * time.Hour,
}

// mostRate bounds the number in a rate. Whoever writes more means no limit,
// and should not get there by a slip.
const mostRate = 1_000_000

// ParseRate reads a rate such as 2/s, 10/minute, 100/hour or 500/day, and
// returns how many that are in a second.
func ParseRate(s string) (perSecond float64, err error) {
	count, unit, _ := strings.Cut(s, "/")
	n, err := strconv.ParseUint(strings.TrimSpace(count), 10, 32)
	per, known := rateUnits[strings.TrimSpace(unit)]
	if err != nil || !known || n == 0 || n > mostRate {
		return 0, fmt.Errorf("%s is not a rate: write 2/s, 10/minute, 100/hour or 500/day", quote(s))
	}
	return float64(n) / per.Seconds(), nil
}

func checkRate(s string) error {
	_, err := ParseRate(s)
	return err
}
