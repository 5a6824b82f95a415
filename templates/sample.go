package templates

import (
	"net/netip"
	"time"
)

// sparse are the facts that every complaint has.
func sparse() Facts {
	full := Sample()
	return Facts{
		Incident: full.Incident, Address: full.Address, Received: full.Received, Desk: full.Desk,
		Headers: full.Headers, Attached: full.Attached, Reporter: Reporter{Email: full.Reporter.Email},
	}
}

// Sample returns made-up facts with every field set, for previews and for
// checking a letter. The addresses are those of RFC 5737 and RFC 2606.
func Sample() Facts {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	return Facts{
		Incident:       "SR-7K3F-9Q2M",
		Address:        netip.MustParseAddr("192.0.2.7"),
		Received:       at,
		TimeFromServer: true,
		Reason:         "mx.example.org, the recipient's own server, wrote that it took the message from 192.0.2.7.",
		Confidence:     "high",
		Receiver:       "mx.example.org",
		HELO:           "friend",
		RDNS:           "host-7.customers.example.net",
		Port:           40312,
		ServerID:       "4XyZ1a2b3c",
		LoggedIn:       true,
		Authenticated:  "office",
		Provider:       "Example Mail",
		Origin:         netip.MustParseAddr("198.51.100.9"),
		OriginBy:       "smtp.example.com",
		OriginReason:   "smtp.example.com says that it took the message from 198.51.100.9.",
		Network: Network{
			Name: "EXAMPLE-NET", Handle: "NET-192-0-2-0-1", Prefix: "192.0.2.0/24",
			Country: "NL", ASN: 64496,
		},
		Phishing:      "A link shows bank.example and leads to prize.example.com.",
		Desk:          "abuse@example.net",
		Target:        "prize.example.com",
		TargetAddress: netip.MustParseAddr("203.0.113.80"),
		Spam: Spam{
			Subject: "You have won", From: "Lottery <winner@example.com>",
			ReplyTo: "claims@example.com", MessageID: "<1@friend.example.com>",
			EnvelopeFrom: "bounce@example.com", Date: "Fri, 2 Jan 2026 03:04:00 +0000",
			Size:   2048,
			Traces: []Trace{{Name: "X-Originating-IP", Value: "[198.51.100.9]"}},
			Links:  []string{"hxxps://prize.example.com/claim"},
		},
		Headers:  "Received: from friend (host-7.customers.example.net [192.0.2.7])\n by mx.example.org with ESMTP; Fri, 2 Jan 2026 03:04:05 +0000\nSubject: You have won",
		Attached: "The whole message is attached.",
		Notes:    []string{"Our own addresses were replaced by codes."},
		Reporter: Reporter{
			Name: "Rosa Example", Email: "reports@example.org", Organisation: "Example Society",
			URL: "https://example.org/abuse",
		},
		Earlier: []Earlier{{Incident: "SR-2222-3333", Filed: at.AddDate(0, 0, -7), Desk: "abuse@example.net", Copies: 12}},
		Others: []Other{{
			Incident: "SR-4444-5555", Address: netip.MustParseAddr("192.0.2.8"),
			Received: at.Add(time.Hour), Subject: "You have won again", Count: 3,
		}},
	}
}
