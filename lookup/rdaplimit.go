package lookup

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// errLimited is 429, or 503 with a time to come back (RFC 6585 §4, RFC 9110
// §10.2.3).
type errLimited struct {
	status int
	after  time.Duration // 0: the server does not say
}

func (e errLimited) Error() string {
	if e.after > 0 {
		return fmt.Sprintf("asks to wait %s (status %d)", e.after.Round(time.Second), e.status)
	}
	return fmt.Sprintf("asks to wait (status %d)", e.status)
}

func (e errLimited) pause(otherwise time.Duration) time.Duration {
	if e.after > 0 {
		return e.after
	}
	return jitter(otherwise)
}

// retryAfter reads seconds or a date.
func retryAfter(value string) time.Duration {
	if n, err := strconv.Atoi(strings.TrimSpace(value)); err == nil && n > 0 {
		return time.Duration(min(n, 86400)) * time.Second
	}
	if when, err := http.ParseTime(value); err == nil {
		return max(0, min(time.Until(when), 24*time.Hour))
	}
	return 0
}
