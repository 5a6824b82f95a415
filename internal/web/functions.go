package web

import (
	"fmt"
	"html/template"
	"math"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"spamreport/headers"
	"spamreport/internal/followup"
	"spamreport/relay"
)

// functions are what templates say things with.
var functions = template.FuncMap{
	"asset":   assetURL,
	"day":     func(t time.Time) string { return local(t, "2 Jan 2006") },
	"moment":  func(t time.Time) string { return local(t, "2006-01-02 15:04") },
	"iso":     func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	"ago":     func(t time.Time) string { return ago(time.Since(t)) },
	"number":  number,
	"percent": percent,
	"span":    span,
	"octets":  octets,
	"address": addressText,
	"plural":  plural,
	"tone":    tone,
	"reply":   replyText,
	"ask":     askAbout,
	"scope":   scopeText,
	"askBack": askAboutReturned,
	"spark":   spark,
	"query":   func(pairs ...string) (string, error) { return queryText(pairs) },
	"trust":   func(t headers.Trust) trustWords { return trusts[t] },
	"life":    func(l followup.Life) string { return l.Sentence(time.Now()) },
	"join":    strings.Join,
	"rank":    func(i int) int { return i + 1 },
	"quiet":   func(t time.Time) string { return quiet(time.Since(t)) },
}

func local(t time.Time, layout string) string {
	if t.IsZero() {
		return "never"
	}
	return t.Local().Format(layout)
}

// ago says how long something is past, as people do.
func ago(d time.Duration) string {
	switch {
	case d > 200*365*24*time.Hour || d < -time.Hour:
		return "never"
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return plural(int(d.Minutes()), "minute") + " ago"
	case d < 48*time.Hour:
		return plural(int(d.Hours()), "hour") + " ago"
	}
	return plural(int(d.Hours()/24), "day") + " ago"
}

// quiet says for how long nothing came.
func quiet(d time.Duration) string {
	switch days := int(d.Hours() / 24); {
	case days > 200*365:
		return ""
	case days < 1:
		return "today"
	default:
		return plural(days, "day")
	}
}

// span writes a duration the way people compare them.
func span(d time.Duration) string {
	switch {
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d d", int(d.Hours()/24))
}

// number writes a count with thin spaces between the thousands.
func number(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "\u202f" + digits[i:]
	}
	return digits
}

func percent(part, whole int) string {
	if whole == 0 {
		return ""
	}
	return fmt.Sprintf("%d %%", int(math.Round(100*float64(part)/float64(whole))))
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return number(n) + " " + what + "s"
}

func octets(n int64) string {
	switch {
	case n < 10_000:
		return fmt.Sprintf("%d B", n)
	case n < 10_000_000:
		return fmt.Sprintf("%d kB", n/1000)
	}
	return fmt.Sprintf("%d MB", n/1_000_000)
}

func addressText(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

func replyText(r relay.Reply) string {
	if r == (relay.Reply{}) {
		return ""
	}
	return r.String()
}

// tone is how a state looks: good, bad, waiting, or nothing in particular.
func tone(state any) string {
	switch fmt.Sprint(state) {
	case "delivered", "acknowledged", "answered", "resolved", "sent", "ok":
		return "good"
	case "bounced", "failed", "fail":
		return "bad"
	case "held", "retrying", "queued", "filed", "deferred", "warn":
		return "wait"
	}
	return "none"
}

// queryText puts parameters into an address; empty ones are left out.
func queryText(pairs []string) (string, error) {
	if len(pairs)%2 != 0 {
		return "", fmt.Errorf("%d words are no pairs", len(pairs))
	}
	values := url.Values{}
	for pair := range slices.Chunk(pairs, 2) {
		if name, value := pair[0], pair[1]; value != "" {
			values.Set(name, value)
		}
	}
	if len(values) == 0 {
		return "", nil
	}
	return "?" + values.Encode(), nil
}

// Size of a sparkline, in units of its own.
const sparkWidth, sparkHeight = 72, 18

// spark is the path of a line through counts.
func spark(counts []int) string {
	most := 1
	for _, n := range counts {
		most = max(most, n)
	}
	var path strings.Builder
	for i, n := range counts {
		x := 1 + float64(i)*(sparkWidth-2)/float64(max(len(counts)-1, 1))
		y := sparkHeight - 1 - float64(n)*(sparkHeight-2)/float64(most)
		fmt.Fprintf(&path, "%c%.1f %.1f", "ML"[min(i, 1)], x, y)
	}
	return path.String()
}

// trustWords are how a hop is told apart: by a sign and a word, not by colour
// alone.
type trustWords struct {
	Class, Sign, Word, Meaning string
}

var trusts = map[headers.Trust]trustWords{
	headers.Trusted:   {"trusted", "✓", "trusted", "written by a server that you can believe"},
	headers.TrustEdge: {"source", "◆", "source", "the address that handed the message over: this network is responsible"},
	headers.Untrusted: {"untrusted", "?", "not to be believed", "a claim by somebody unknown"},
	headers.Forged:    {"forged", "✗", "forged", "contradicted by other evidence"},
	headers.Internal:  {"internal", "·", "internal", "within one organisation"},
}
