package limit

import (
	"fmt"
	"strconv"
	"strings"
)

// Rate is how many recipients there may be in one window.
type Rate struct {
	Most int
	Per  Unit
}

// String writes a rate as Parse reads it.
func (r Rate) String() string { return strconv.Itoa(r.Most) + "/" + string(r.Per) }

// mostRate bounds the number in a rate. Whoever writes more means no limit,
// and should not get there by a slip.
const mostRate = 100_000_000

// Parse reads rates such as "50/day" or "10/minute, 200/day, 3000/month". An
// empty text is no rate. The error says what to write instead.
func Parse(s string) ([]Rate, error) {
	if strings.TrimSpace(s) == "" {
		return nil, nil
	}
	var rates []Rate
	seen := map[Unit]bool{}
	for part := range strings.SplitSeq(s, ",") {
		r, err := parseOne(strings.TrimSpace(part))
		if err != nil {
			return nil, err
		}
		if seen[r.Per] {
			return nil, fmt.Errorf("%q has two rates for each %s: keep one", s, r.Per)
		}
		seen[r.Per] = true
		rates = append(rates, r)
	}
	return rates, nil
}

func parseOne(s string) (Rate, error) {
	count, per, _ := strings.Cut(s, "/")
	n, err := strconv.ParseUint(strings.TrimSpace(count), 10, 32)
	unit, known := unitNames[strings.TrimSpace(per)]
	if err != nil || !known || n == 0 || n > mostRate {
		return Rate{}, fmt.Errorf(`%q is not a rate: write 10/minute, 100/hour, 50/day or 3000/month, several with commas`, s)
	}
	return Rate{int(n), unit}, nil
}
