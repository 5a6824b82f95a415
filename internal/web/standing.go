package web

import (
	"context"
	"fmt"
	"sync"
	"time"

	"spamreport/internal/contract"
	"spamreport/relay/limit"
)

// standingFor is how long it is remembered how the relay stands: its figures
// are of a month, and take a look at all that was sent in it.
const standingFor = 30 * time.Second

// standing is how the relay stands, as it was a moment ago.
type standing struct {
	mu    sync.Mutex
	asked time.Time
	known *contract.RelayStatus
}

// relayStatus says how much of the limits is used, and how good the name of
// the sender is; nil where that is not known.
func (s *Site) relayStatus(ctx context.Context) (*contract.RelayStatus, error) {
	if s.Relay == nil {
		return nil, nil
	}
	s.standing.mu.Lock()
	defer s.standing.mu.Unlock()
	now := s.Now()
	if s.standing.known != nil && now.Sub(s.standing.asked) < standingFor {
		return s.standing.known, nil
	}
	status, err := s.Relay(ctx, now)
	if err != nil {
		return nil, err
	}
	s.standing.known, s.standing.asked = &status, now
	return &status, nil
}

// scopeText says whose limit it is.
func scopeText(scope string) string {
	if scope == string(limit.All) {
		return "all mail"
	}
	return scope
}

// alarms are what of the relay needs the user.
func alarms(status *contract.RelayStatus) (all []need) {
	if status == nil {
		return nil
	}
	for _, q := range status.Quotas {
		if q.Alert > 0 {
			all = append(all, need{
				Count: q.Percent, Text: fmt.Sprintf("%% of the limit of %s recipients a %s is used (%s)", number(q.Limit), q.Per, scopeText(q.Scope)),
				Link: "/queue", LinkText: "Look", Bad: true,
			})
		}
	}
	if standing := status.Reputation.Standing; standing != "" && standing != "good" {
		all = append(all, need{
			Count: int(status.Reputation.Percent), Text: "% is the reputation of the sender: too much of its mail bounces, or is called spam",
			Link: "/queue?state=failed", LinkText: "Look", Bad: true,
		})
	}
	return all
}
