package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"spamreport/lookup"
)

// sourceAdvice is what to do when a source cannot be reached.
var sourceAdvice = map[string]string{
	lookup.ViaRDAP:  "let this machine reach HTTPS (port 443), or set rdap_bootstrap in [lookup]",
	lookup.ViaWHOIS: "let this machine reach WHOIS (port 43), set [lookup.whois_hosts], or take whois out of order in [lookup]",
}

// source asks one source alone, with nothing remembered. That it names nobody
// for the address is an answer as well.
func (s Setup) source(ctx context.Context, name string) Result {
	options := s.Lookup
	options.Order, options.Cache, options.CacheDir, options.Overrides = []string{name}, nil, "", nil
	client, err := lookup.New(options)
	if err != nil {
		return fail("put [lookup] right", "%s", err)
	}
	start := time.Now()
	result, err := client.Lookup(ctx, s.Probe)
	took := time.Since(start).Round(time.Millisecond)
	var failed *lookup.Error
	switch {
	case err == nil || errors.Is(err, lookup.ErrNoContact):
		return ok("%s answers about %s%s, in %s", name, s.Probe, inNetwork(result.Network), took)
	case errors.Is(err, lookup.ErrUnreachable):
		do := sourceAdvice[name]
		if do == "" {
			do = "take " + name + " out of order in [lookup], or repair DNS"
		}
		return fail(do, "%s does not answer: %s", name, lastStep(result, err))
	case errors.As(err, &failed) && errors.Is(err, lookup.ErrSpecialPurpose):
		return skip("%s: %s is not a public address", name, s.Probe)
	}
	return fail("put [lookup] right", "%s", err)
}

func inNetwork(n lookup.Network) string {
	if n.Name == "" {
		return ""
	}
	return " (" + n.Name + ")"
}

// lastStep is the query that failed, which says more than the sum.
func lastStep(r lookup.Result, err error) string {
	if len(r.Trail) == 0 {
		return plainly(err)
	}
	step := r.Trail[len(r.Trail)-1]
	return strings.TrimPrefix(step.Server+": ", ": ") + step.Outcome
}

// How far the clock may be off: a desk looks for what happened at a time, and
// certificates have their dates.
const (
	clockNote = time.Minute
	clockBad  = 10 * time.Minute
)

// clock compares the clock with that of the server of the bootstrap files,
// which is asked anyway.
func (s Setup) clock(ctx context.Context) []Result {
	theirs, err := s.serverTime(ctx)
	if err != nil {
		return one(skip("nobody to compare it with: %s", plainly(err)))
	}
	off := s.now().Sub(theirs).Round(time.Second)
	const do = "set the clock, and have it kept right (NTP): desks search their logs for the times in a complaint"
	which := "fast"
	if off < 0 {
		which = "slow"
	}
	switch {
	case off.Abs() >= clockBad:
		return one(fail(do, "the clock of this machine is %s %s", off.Abs(), which))
	case off.Abs() >= clockNote:
		return one(warn(do, "the clock of this machine is %s %s", off.Abs(), which))
	}
	return one(ok("the clock is right to within %s", clockNote))
}

func (s Setup) serverTime(ctx context.Context) (time.Time, error) {
	base := s.Lookup.RDAPBootstrap
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, strings.TrimSuffix(base, "/")+"/ipv4.json", nil)
	if err != nil {
		return time.Time{}, err
	}
	transport := &http.Transport{TLSClientConfig: s.Lookup.TLS, DisableKeepAlives: true}
	client := http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		return time.Time{}, err
	}
	_ = response.Body.Close() // HEAD has none
	date, err := http.ParseTime(response.Header.Get("Date"))
	if err != nil {
		return time.Time{}, fmt.Errorf("%s tells no time", base)
	}
	// A cache in between repeats the time of the origin (RFC 9111 §5.1).
	age, _ := strconv.Atoi(response.Header.Get("Age"))
	return date.Add(time.Duration(age) * time.Second), nil
}
