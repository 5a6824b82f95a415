package web_test

import (
	"strings"
	"testing"

	"spamreport/relay"
)

func TestARefusalSaysWhereToAsk(t *testing.T) {
	const desk = `<a href="https://check.spamhaus.org/" rel="noreferrer" target="_blank">Spamhaus</a>`
	for name, tc := range map[string]struct {
		reply     relay.Reply
		has, lack string
	}{
		"a block by a list": {
			relay.Reply{Code: 554, Status: "5.7.1", Text: "Service unavailable; blocked using Spamhaus, see https://evil.example/query/192.0.2.1"},
			desk, `href="https://evil.example`,
		},
		"the page that a server names is text": {
			relay.Reply{Code: 550, Status: "5.7.1", Text: `blocked, see https://evil.example/"onclick="x`},
			"the server says: see https://evil.example/", `href="https://evil.example`,
		},
		"somebody who does not exist": {relay.Reply{Code: 550, Status: "5.1.1", Text: "No such user"}, "550 5.1.1 No such user", "ask <a"},
		"one that was delivered":      {relay.Reply{Code: 250, Text: "ok https://evil.example.com/ spamhaus"}, "", "the server says"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, nil)
			h.signIn()
			e := h.hold(spam{Number: 1})
			h.approve(e)
			state, tab := relay.Failed, "failed"
			if tc.reply.Code < 300 {
				state, tab = relay.Delivered, "delivered"
			}
			h.deliver(state, tc.reply)
			for _, page := range []string{"/queue?state=" + tab, "/complaints/" + e.Complaint.Incident} {
				body := h.get(page).body
				if !strings.Contains(body, tc.has) || strings.Contains(body, tc.lack) {
					t.Errorf("%s: want %q and not %q:\n%s", page, tc.has, tc.lack, body)
				}
			}
		})
	}
}
