package doctor

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"time"

	"spamreport/internal/config"
	"spamreport/internal/pipeline"
	"spamreport/internal/store"
	"spamreport/lookup"
	"spamreport/relay"
	"spamreport/relay/dkim"
)

// Setup is what is examined.
type Setup struct {
	Config          config.Config
	StateDir        string
	Database        string // path of the file, or URL of the server
	DatabaseOptions store.Options
	Accounts        []pipeline.Account
	Lookup          lookup.Options
	Smarthost       *relay.Smarthost // nil: straight to the mail exchangers
	Keys            []dkim.Key
	Resolver        *net.Resolver
	// Letters counts the letters that complaints are written from, or says
	// what is wrong with one.
	Letters func() (int, error)

	// Addresses are those that mail leaves from, when somebody knows them.
	Addresses []netip.Addr
	// Probe is an address that every registry source is asked about.
	Probe string
	// ProbeDomain is a domain whose mail exchangers are connected to, to see
	// whether port 25 is open.
	ProbeDomain string
	// SMTPPort is the port of mail exchangers, 25 when empty.
	SMTPPort string

	Now func() time.Time // nil: time.Now
}

// Checks lists what there is to examine in a set-up.
func (s Setup) Checks(ctx context.Context) []Check {
	from := s.sender(ctx)
	checks := []Check{
		{"config", s.file},
		{"state/folder", s.stateFolder},
		{"state/database", s.database},
	}
	for _, a := range s.Accounts {
		checks = append(checks, Check{"account/" + a.Mailbox.Name, func(ctx context.Context) []Result { return s.account(ctx, a) }})
	}
	checks = append(checks, Check{"sweep", s.sweep}, Check{"letters", s.letters}, Check{"dns", s.resolver})
	for _, source := range s.Lookup.Order {
		checks = append(checks, Check{"lookup/" + source, func(ctx context.Context) []Result { return one(s.source(ctx, source)) }})
	}
	checks = append(checks, Check{"clock", s.clock})
	if s.Smarthost != nil {
		checks = append(checks, Check{"sending/smarthost", s.smarthost})
	} else {
		checks = append(checks, Check{"sending/port25", s.port25})
	}
	checks = append(checks, Check{"relay", s.listen}, Check{"web", s.web})
	for _, c := range identityChecks {
		checks = append(checks, Check{"identity/" + c.name, func(ctx context.Context) []Result { return one(c.run(s, ctx, from)) }})
	}
	if len(from.addrs) == 0 {
		// Said once, not for each list.
		return append(checks, Check{"blocklist", func(context.Context) []Result { return one(unknownAddress(from)) }})
	}
	for _, list := range blocklists {
		checks = append(checks, Check{"blocklist/" + list.zone, func(ctx context.Context) []Result { return one(s.blocklist(ctx, list, from)) }})
	}
	return checks
}

// identityChecks are about the domain in the From field and the address that
// mail leaves from.
var identityChecks = []struct {
	name string
	run  func(Setup, context.Context, sender) Result
}{
	{"from", Setup.from},
	{"mx", Setup.mx},
	{"spf", Setup.spf},
	{"dkim", Setup.dkim},
	{"dmarc", Setup.dmarc},
	{"ptr", Setup.ptr},
	{"helo", Setup.helo},
}

func (s Setup) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}

// fromDomain is the domain of the address that complaints come from.
func (s Setup) fromDomain() string {
	email := s.Config.Identity.Email
	return strings.ToLower(email[strings.LastIndexByte(email, '@')+1:])
}

// BadConfig are the results for a configuration that cannot be used: nothing
// else can be examined then.
func BadConfig(err error) []Result {
	errs := []error{err}
	if joined, is := err.(interface{ Unwrap() []error }); is {
		errs = joined.Unwrap()
	}
	var results []Result
	for _, err := range errs {
		r := fail("put it right, and run spamreport doctor again: nothing else can be examined before", "%s", err)
		r.Name = "config"
		results = append(results, r)
	}
	return results
}
