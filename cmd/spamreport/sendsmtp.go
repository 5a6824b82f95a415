package main

import (
	"context"

	"spamreport/relay/submission"
)

// speakSMTP holds one SMTP session on standard input and output. Whoever may
// start this program may send with it.
func (a *app) speakSMTP(ctx context.Context, p *parts) error {
	server, err := p.submissionServer()
	if err != nil {
		return err
	}
	server.Users = nil
	server.ServeConn(ctx, submission.Stdio(a.stdin, a.stdout), submission.LocalUser())
	return nil
}
