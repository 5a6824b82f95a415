package web

import (
	"spamreport/internal/followup"
	"spamreport/relay"
	"spamreport/relay/bounce"
)

// askView is where a sender that is blocked can see why, and ask for the block
// to be lifted.
type askView struct {
	Desk bounce.Helpdesk // of our own table, so it may be a link
	Page string          // that the reply refers to; others wrote it: text
}

// askAbout says where to ask about a server's refusal.
func askAbout(r relay.Reply, recipient string) (a askView) {
	if r.Code < 400 {
		return a
	}
	a.Page = bounce.HelpPage(r.String())
	if bounce.Classify(r.Code, r.Status, r.Text).Class == bounce.Block {
		a.Desk, _ = bounce.WhereToAsk(r.String(), recipient)
	}
	return a
}

// askAboutReturned says where to ask about mail that came back later. The page
// that it refers to is the URL of the reply.
func askAboutReturned(r followup.Reply) (a askView) {
	if r.Class == bounce.Block {
		a.Desk, _ = bounce.WhereToAsk(r.Diagnostic, r.Recipient)
	}
	return a
}
