package contract_test

import (
	"bytes"
	"errors"
	"net/netip"
	"testing"
	"time"

	"spamreport/complaint"
	"spamreport/headers"
	"spamreport/internal/contract"
	"spamreport/lookup"
)

// The documents are compared as text: a renamed, missing or reordered key
// breaks scripts, and so must break this test.
func TestDocumentsKeepTheirExactShape(t *testing.T) {
	verdict := headers.Verdict{
		MessageID: "<m@example.com>",
		Source:    &headers.Source{IP: netip.MustParseAddr("192.0.2.7"), Hop: 0, Confidence: headers.High, Reason: "r"},
		Origin:    &headers.Origin{IP: netip.MustParseAddr("198.51.100.9"), Hop: 1, By: "smtp.example.com", Reason: "o"},
		Hops: []headers.Hop{{
			From: headers.From{HELO: "h", RDNS: "r", IP: netip.MustParseAddr("192.0.2.7"), Ident: "i", Auth: "a"},
			By:   headers.By{Name: "mx.example.org", IP: netip.MustParseAddr("203.0.113.1")},
			With: "ESMTPS", ID: "x", For: "u@example.org", EnvelopeFrom: "s@example.com",
			Time: time.Date(2026, 1, 2, 4, 4, 5, 0, time.FixedZone("", 3600)), Trust: headers.TrustEdge, Note: "n <&>",
		}},
	}
	result := lookup.Result{
		Query:    "192.0.2.7",
		Network:  lookup.Network{Handle: "H", Name: "N", CIDR: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, Country: "NL", ASN: 64500},
		Contacts: []lookup.Contact{{Email: "abuse@example.net", Role: "abuse", Via: "rdap", Server: "s", Confidence: lookup.High}},
		Trail:    []lookup.Step{{Via: "rdap", Server: "s", Outcome: "ok", Took: 12 * time.Millisecond}},
	}
	sent := &complaint.Complaint{To: []string{"abuse@example.net"}, Subject: "s", Format: "text", Raw: []byte("R")}
	for name, tc := range map[string]struct {
		doc  any
		want string
	}{
		"headers": {
			contract.NewHeaders("a.eml", verdict),
			`{"file":"a.eml","message_id":"<m@example.com>","source":{"ip":"192.0.2.7","hop":0,"confidence":"high","reason":"r"},"origin":{"ip":"198.51.100.9","hop":1,"by":"smtp.example.com","reason":"o"},"hops":[{"n":0,"from":{"helo":"h","rdns":"r","ip":"192.0.2.7","ident":"i","auth":"a"},"by":{"name":"mx.example.org","ip":"203.0.113.1"},"with":"ESMTPS","id":"x","for":"u@example.org","envelope_from":"s@example.com","time":"2026-01-02T03:04:05Z","trust":"source","note":"n <&>"}]}`,
		},
		"relay status": {
			contract.RelayStatus{
				Quotas: []contract.Quota{{Scope: "all", Limit: 50, Per: "day", Used: 40, Percent: 80, Alert: 80, Reset: "2026-11-25T00:00:00Z"}}, OverLimit: "queue",
				Warmup: &contract.Warmup{Start: "2026-11-24", Day: 1, Days: 30, Today: 10, Daily: 100, MonthlyGoal: 3000},
			},
			`{"quotas":[{"scope":"all","limit":50,"per":"day","used":40,"percent":80,"alert":80,"reset":"2026-11-25T00:00:00Z"}],"over_limit":"queue","alert_to":"","warmup":{"start":"2026-11-24","day":1,"days":30,"today":10,"sent_today":0,"tomorrow":0,"daily":100,"monthly_goal":3000,"percent":0,"reached":false},"reputation":{"percent":0,"standing":"","bounce_percent":0,"complaint_percent":0,"delivered":0,"hard":0,"soft":0,"block":0,"complaints":0,"since":"","of_at_least":0},"suppressed":0,"waiting":0}`,
		},
		"relay bounce": {
			contract.RelayBounce{ID: "1", Class: "block", Help: "https://x.example/?a=1&b=2"},
			`{"time":"","id":"1","recipient":"","class":"block","reason":"","rule":"","state":"","reply":"","help":"https://x.example/?a=1&b=2","desk":"","desk_url":""}`,
		},
		"suppressed address": {
			contract.Suppressed{Address: "a@b.example", Reason: "hard"},
			`{"address":"a@b.example","reason":"hard","source":"","since":"","expires":""}`,
		},
		"headers of a message without a source": {
			contract.NewHeaders("b.eml", headers.Verdict{}),
			`{"file":"b.eml","message_id":"","source":null,"origin":null,"hops":[]}`,
		},
		"lookup": {
			contract.NewLookup(result, nil),
			`{"query":"192.0.2.7","network":{"handle":"H","name":"N","cidr":["192.0.2.0/24"],"country":"NL","asn":64500},"contacts":[{"email":"abuse@example.net","role":"abuse","via":"rdap","server":"s","confidence":"high"}],"trail":[{"via":"rdap","server":"s","outcome":"ok","ms":12}],"error":""}`,
		},
		"lookup that failed": {
			contract.NewLookup(lookup.Result{Query: "q"}, errors.New("down")),
			`{"query":"q","network":{"handle":"","name":"","cidr":[],"country":"","asn":0},"contacts":[],"trail":[],"error":"down"}`,
		},
		"report": {
			contract.NewReport("a.eml", verdict, result, sent, complaint.WouldSend, "dry run"),
			`{"file":"a.eml","source":{"ip":"192.0.2.7","hop":0,"confidence":"high","reason":"r"},"network":{"handle":"H","name":"N","cidr":["192.0.2.0/24"],"country":"NL","asn":64500},"contacts":[{"email":"abuse@example.net","role":"abuse","via":"rdap","server":"s","confidence":"high"}],"complaint":{"to":["abuse@example.net"],"cc":[],"subject":"s","format":"text","raw":"R"},"action":"would-send","why":"dry run"}`,
		},
		"report of a further copy": {
			contract.NewReport("a.eml", headers.Verdict{}, lookup.Result{}, nil, complaint.Merged, "a copy"),
			`{"file":"a.eml","source":null,"network":{"handle":"","name":"","cidr":[],"country":"","asn":0},"contacts":[],"complaint":null,"action":"duplicate","why":"a copy"}`,
		},
		"report without a complaint": {
			contract.NewReport("a.eml", headers.Verdict{}, lookup.Result{}, nil, complaint.Skipped, "no source"),
			`{"file":"a.eml","source":null,"network":{"handle":"","name":"","cidr":[],"country":"","asn":0},"contacts":[],"complaint":null,"action":"skipped","why":"no source"}`,
		},
		"classified": {
			contract.Classified{Class: "hard", Reason: "user-unknown", Rule: "no-such-user"},
			`{"class":"hard","reason":"user-unknown","rule":"no-such-user"}`,
		},
		"reply": {
			contract.Reply{File: "a.eml", Kind: "bounce", Recipient: "u@example.net", Class: "hard", Status: "5.1.1", OriginalMessageID: "<m@example.org>", Ticket: "7"},
			`{"file":"a.eml","kind":"bounce","recipient":"u@example.net","class":"hard","status":"5.1.1","original_message_id":"<m@example.org>","ticket":"7"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			var buf bytes.Buffer
			if err := contract.Write(&buf, tc.doc); err != nil {
				t.Fatal(err)
			}
			if got := buf.String(); got != tc.want+"\n" {
				t.Errorf("got  %swant %s", got, tc.want)
			}
		})
	}
}
