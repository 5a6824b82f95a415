package target

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"spamreport/complaint"
	"spamreport/headers"
)

// Bounds of verifying signatures.
const (
	maxSignatures = 5
	keyTimeout    = 5 * time.Second // for one key
)

// feedback is the address at which the signer of the message asks for
// complaints, as far as RFC 9477 allows to use it.
func (s *search) feedback() {
	fields := s.reading.Fields("CFBL-Address")
	if !s.options.Feedback || len(fields) == 0 {
		return
	}
	address, err := parseFeedback(fields)
	if err != nil {
		s.skip(complaint.KindFeedback, "CFBL-Address", "CFBL-Address: "+err.Error()+".")
		return
	}
	skip := func(why string) { s.skip(complaint.KindFeedback, address.mail, sentence(address.mail, why)) }
	switch {
	case s.own.addresses[address.mail] || s.own.domains[domainOf(address.mail)]:
		skip("it is the recipient's own")
		return
	case len(s.reading.Fields("CFBL-Feedback-ID")) > 1:
		skip("the message has several ids for it, and a signature covers only one of them")
		return
	case s.options.TXT == nil:
		skip("the signatures cannot be verified, since the DNS is not to be asked")
		return
	case s.inc.Message.Truncated:
		skip("the signatures cannot be verified, since the message is longer than what is kept of it")
		return
	}
	signatures, err := s.signatures()
	if err == nil {
		err = allows(s.author(), domainOf(address.mail), len(s.reading.Fields("CFBL-Feedback-ID")) > 0, signatures)
	}
	if err != nil {
		skip(err.Error())
		return
	}
	t := Target{How: Fixed, Query: address.mail, Count: 1}
	t.Kind, t.Name, t.Letter, t.Format = complaint.KindFeedback, address.mail, "feedback", address.report
	t.Reason = fmt.Sprintf("The signer of the message asks for complaints at %s (CFBL-Address), and its signatures allow it (RFC 9477).", address.mail)
	for _, name := range [...]string{"CFBL-Address", "CFBL-Feedback-ID"} {
		if v := s.reading.Fields(name); len(v) > 0 {
			t.Fields = append(t.Fields, headers.Evidence{Name: name, Value: v[0]})
		}
	}
	s.add(t)
}

// feedbackAddress is a CFBL-Address field.
type feedbackAddress struct {
	mail   string // an addr-spec in lower case
	report string // arf or xarf
}

// feedbackSyntax is RFC 9477 §5.1, strictly: an addr-spec that needs no quoting,
// and perhaps the format, after which comments and folded rubbish may follow
// that some senders put there.
var feedbackSyntax = regexp.MustCompile(`^\s*<?([A-Za-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)>?\s*(?:;\s*report\s*=\s*"?([A-Za-z]+)"?\s*)?(?:;.*|\s=\?.*)?$`)

// parseFeedback reads the field. There must be exactly one (RFC 9477 §3.2): of
// several a signature covers the last, and whoever forwards the message can put
// another before it.
func parseFeedback(fields []string) (feedbackAddress, error) {
	if len(fields) != 1 {
		return feedbackAddress{}, errors.New("the message has several, and a signature covers only one of them")
	}
	m := feedbackSyntax.FindStringSubmatch(fields[0])
	if m == nil || len(m[1]) > 254 {
		return feedbackAddress{}, errors.New("it holds no address that can be mailed")
	}
	if _, err := mail.ParseAddress(m[1]); err != nil {
		return feedbackAddress{}, errors.New("it holds no address that can be mailed")
	}
	a := feedbackAddress{mail: strings.ToLower(m[1]), report: complaint.FormatARF}
	if strings.EqualFold(m[2], complaint.FormatXARF) {
		a.report = complaint.FormatXARF
	}
	return a, nil
}

// signature is a valid signature of the message.
type signature struct {
	domain string   // d=
	signed []string // h=, in lower case
}

func (g signature) covers(field string) bool { return slices.Contains(g.signed, field) }

// signatures verifies those of the message. An error is a reason in words.
func (s *search) signatures() ([]signature, error) {
	var missing atomic.Bool
	txt := func(name string) ([]string, error) {
		ctx, cancel := context.WithTimeout(s.ctx, keyTimeout)
		defer cancel()
		records, err := s.options.TXT(ctx, name)
		if err != nil {
			missing.Store(true)
		}
		return records, err
	}
	found, err := dkim.VerifyWithOptions(bytes.NewReader(crlf(s.inc.Message.Raw)),
		&dkim.VerifyOptions{LookupTXT: txt, MaxVerifications: maxSignatures})
	if err != nil && !errors.Is(err, dkim.ErrTooManySignatures) {
		return nil, errors.New("the header cannot be read for verifying the signatures")
	}
	var valid []signature
	for _, v := range found {
		if v.Err != nil {
			continue
		}
		g := signature{domain: strings.ToLower(v.Domain)}
		for _, key := range v.HeaderKeys {
			g.signed = append(g.signed, strings.ToLower(key))
		}
		valid = append(valid, g)
	}
	switch {
	case len(valid) > 0:
		return valid, nil
	case missing.Load():
		return nil, errors.New("a key could not be fetched to verify the signature")
	}
	return nil, errors.New("the message has no valid signature")
}

// author is the domain of the address in From; empty unless there is exactly
// one, since with several nobody can say whose signature it takes.
func (s *search) author() string {
	from := addresses(s.reading.Field("From"))
	if len(s.reading.Fields("From")) != 1 || len(from) != 1 {
		return ""
	}
	return domainOf(from[0])
}

// allows applies RFC 9477 §3.1 to the domains of From and CFBL-Address.
func allows(author, address string, hasID bool, valid []signature) error {
	if author == "" {
		return errors.New("the message has not exactly one author, whose signature it would take")
	}
	covered := func(g signature) bool {
		return g.covers("cfbl-address") && (!hasID || g.covers("cfbl-feedback-id"))
	}
	for _, g := range valid {
		switch {
		case !covered(g) || !covers(g.domain, author):
		case author == address, within(address, author):
			return nil // §3.1.1 and §3.1.2: the author's own domain, or one below it
		case within(author, address) && g.domain == address:
			return nil // the signer's domain is above both
		}
	}
	if author == address || within(address, author) {
		return fmt.Errorf("no valid signature of %s covers the field", author)
	}
	// §3.1.3: somebody else's address takes a signature of theirs, and one of the
	// author's, which may leave the field out if it was made before.
	theirs := slices.ContainsFunc(valid, func(g signature) bool { return covered(g) && covers(g.domain, address) })
	authors := slices.ContainsFunc(valid, func(g signature) bool {
		untouched := !g.covers("cfbl-address") && !g.covers("cfbl-feedback-id")
		return covers(g.domain, author) && (covered(g) || untouched)
	})
	switch {
	case !theirs:
		return fmt.Errorf("no valid signature of %s covers the field", address)
	case !authors:
		return fmt.Errorf("the author's domain %s did not sign as well", author)
	}
	return nil
}

// covers reports whether a signing domain speaks for another: it is the same, or
// above it in the same organisation.
func covers(signer, domain string) bool {
	return signer == domain || within(domain, signer) && registered(signer) == registered(domain)
}

// within reports whether a domain lies below another.
func within(domain, above string) bool { return strings.HasSuffix(domain, "."+above) }

// crlf gives the message the line ends that it was signed with; files and
// mailboxes often keep it with others.
func crlf(raw []byte) []byte {
	raw = bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))
	return bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n"))
}
