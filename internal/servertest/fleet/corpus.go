package fleet

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"spamreport/internal/replay"
)

// Corpus is spam made by a rule, so that it is known what must become of it.
// In every fifty messages there are
//
//	5 that are further copies of the message before, in another folder
//	1 that shows no source
//	15 of campaigns, whose copies differ in numbers
//	2 from the busiest network, more than its desk takes in a day
//	27 that are incidents of their own
//
// and their sources lie in many networks, each with a desk of its own.
type Corpus struct {
	Messages int
	Networks int // at most 65,536
	Limit    int // complaints to one desk in a day

	Sent time.Time // when all of it was sent; an hour ago when zero
}

// kind is what a message of the corpus is.
type kind int

const (
	single kind = iota
	copied      // of the message before
	sourceless
	campaign
	busy
)

func kindOf(i int) kind {
	switch n := i % 50; {
	case n%10 == 9:
		return copied
	case n == 2:
		return sourceless
	case n%10 == 0 || n%10 == 3 || n%10 == 6:
		return campaign
	case n == 11 || n == 31:
		return busy
	}
	return single
}

// perCampaign is how many copies a campaign has, about.
const perCampaign = 30

func (c Corpus) campaigns() int { return max(1, c.Messages/perCampaign) }

// Message is message i with its header fields.
func (c Corpus) Message(i int) []byte {
	if kindOf(i) == copied {
		i--
	}
	network, offer := c.about(i)
	date := c.Sent.Format(time.RFC1123Z)
	source := fmt.Sprintf("Received: from host%[1]d.example.net (host%[1]d.example.net [IPv6:%[2]s])\r\n"+
		"\tby mx.example.org (Postfix) with ESMTP id Q%[1]d; %[3]s\r\n", i, address(network, 1+i%250), date)
	if kindOf(i) == sourceless {
		source = fmt.Sprintf("Received: by mx.example.org (Postfix, from userid 0) id Q%d; %s\r\n", i, date)
	}
	return fmt.Appendf(nil, "%sFrom: a%[2]d@example.net\r\nTo: user@example.org\r\nSubject: %[3]s\r\n"+
		"Message-ID: <offer-%[2]d@example.net>\r\nDate: %[4]s\r\n\r\nBuy now, order %[2]d, before it is too late. %[5]s\r\n",
		source, i, offer, date, filler)
}

// filler makes a message as long as they are.
var filler = strings.Repeat("This is the best offer of the year and nobody will ever make a better one.\r\n", 40)

// about is the network that message i comes from, and what it offers.
func (c Corpus) about(i int) (network int, offer string) {
	switch kindOf(i) {
	case campaign:
		n := i / 3 % c.campaigns()
		return 1 + n%(c.Networks-1), "campaign " + Spelled(n)
	case busy:
		return 0, "busy " + Spelled(i)
	default:
		return 1 + i%(c.Networks-1), "offer " + Spelled(i)
	}
}

// Spelled writes a number in words: copies that differ in numbers are one
// incident.
func Spelled(n int) string {
	words := strings.Fields("zero one two three four five six seven eight nine")
	var out []string
	for _, digit := range strconv.Itoa(n) {
		out = append(out, words[digit-'0'])
	}
	return strings.Join(out, " ")
}

// Expected is what must become of the messages that are placed.
type Expected struct {
	Messages                        int // that differ
	Sent, Merged, Deferred, Skipped int // of these
	Marked                          int // messages in the mailboxes that get the mark
}

// Expect says what must become of the first n messages.
func (c Corpus) Expect(n int) (e Expected) {
	incidents := map[string]bool{}
	filed := 0 // to the busiest desk
	for i := range n {
		of := i
		if kindOf(i) == copied {
			of--
		} else {
			e.Messages++
		}
		_, offer := c.about(of)
		switch k := kindOf(of); {
		case k == sourceless:
			if of == i {
				e.Skipped++
			}
			continue
		case of != i:
		case k == busy && filed == c.Limit:
			e.Deferred++
			continue
		case incidents[offer]:
			e.Merged++
		default:
			e.Sent++
			incidents[offer] = true
			if k == busy {
				filed++
			}
		}
		e.Marked++
	}
	return e
}

func address(network, host int) string {
	return fmt.Sprintf("2001:db8:%x::%x", network, host)
}

// registry knows every network of the corpus.
func (c Corpus) registry() replay.Registry {
	r := replay.Registry{RDAP: map[string][]byte{}, WHOIS: map[string]map[string]string{}}
	for n := range c.Networks {
		r.RDAP[address(n, 0)+"/48"] = fmt.Appendf(nil, networkJSON, address(n, 0), fmt.Sprintf("2001:db8:%x:ffff:ffff:ffff:ffff:ffff", n), n)
	}
	return r
}

// networkJSON is a network as RFC 9083 §5.4 has it, with a desk and whom to write
// to when that is gone.
const networkJSON = `{
 "objectClassName": "ip network", "rdapConformance": ["rdap_level_0", "cidr0"], "handle": "NET-%[3]d",
 "startAddress": "%[1]s", "endAddress": "%[2]s", "ipVersion": "v6", "name": "NET-%[3]d", "country": "NL",
 "cidr0_cidrs": [{"v6prefix": "%[1]s", "length": 48}],
 "entities": [{"objectClassName": "entity", "handle": "DESK-%[3]d", "roles": ["abuse"], "vcardArray": ["vcard", [
  ["version", {}, "text", "4.0"], ["fn", {}, "text", "Abuse desk %[3]d"], ["email", {}, "text", "abuse@net%[3]d.example"]]]},
  {"objectClassName": "entity", "handle": "NOC-%[3]d", "roles": ["noc"], "vcardArray": ["vcard", [
  ["version", {}, "text", "4.0"], ["fn", {}, "text", "Network %[3]d"], ["email", {}, "text", "noc@net%[3]d.example"]]]}]
}`
