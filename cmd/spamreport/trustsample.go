package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"spamreport/headers"
	"spamreport/internal/mailbox"
	"spamreport/internal/store"
)

// sampleKeep is how much of a header block is looked at. The topmost lines are
// the ones that count, and this much of maxSample messages fits into memory.
const sampleKeep = 32 << 10

// proposal is what the ordinary mail of an account teaches.
type proposal struct {
	account, folder string
	sample          int // messages with a trace
	hosts           []headers.Learned
	at              time.Time
}

func (f proposal) rows() []store.TrustRow {
	var rows []store.TrustRow
	for _, h := range f.hosts {
		rows = append(rows, store.TrustRow{
			Account: f.account, Rule: h.Rule.String(), Messages: h.Messages, Sample: f.sample, Learned: f.at,
		})
	}
	return rows
}

// teachesNothing says why the mail of a folder teaches nothing.
type teachesNothing string

func (e teachesNothing) Error() string { return string(e) }

// propose reads a folder and finds the hosts. It calls seen for each message.
func propose(ctx context.Context, account mailbox.Account, folder string, messages int, seen func()) (proposal, error) {
	blocks, err := sampleBlocks(ctx, account, folder, messages, seen)
	if err != nil {
		return proposal{}, err
	}
	if len(blocks) < headers.LearnLeast {
		return proposal{}, teachesNothing(fmt.Sprintf(
			"folder %q holds %d messages with a trace; %d are needed to tell your hosts from those of the senders",
			folder, len(blocks), headers.LearnLeast))
	}
	hosts := readable(headers.Learn(blocks, 0))
	if len(hosts) == 0 {
		return proposal{}, teachesNothing(fmt.Sprintf(
			"no host stands at the top of %s of the %d messages of folder %q, apart from those of large providers, which are known without learning",
			percent(headers.LearnThreshold), len(blocks), folder))
	}
	return proposal{account: account.Name, folder: folder, sample: len(blocks), hosts: hosts, at: time.Now()}, nil
}

// readable leaves out hosts whose names make no rule: a server may sign with
// anything, and what is kept has to be read again.
func readable(found []headers.Learned) []headers.Learned {
	var hosts []headers.Learned
	for _, h := range found {
		rule, err := headers.ParseTrust(h.Rule.String())
		if err != nil {
			continue
		}
		h.Rule = rule
		hosts = append(hosts, h)
	}
	return hosts
}

// sampleBlocks reads the header blocks of the newest messages that have a
// trace. It changes nothing in the mailbox.
func sampleBlocks(ctx context.Context, account mailbox.Account, folder string, messages int, seen func()) ([][]byte, error) {
	session, err := mailbox.Dial(ctx, account)
	if err != nil {
		return nil, err
	}
	defer func() { _ = session.Close() }() // everything was answered already
	if _, err := session.Select(ctx, folder, true); err != nil {
		return nil, err
	}
	uids, err := session.UIDs(ctx, 0)
	if err != nil {
		return nil, err
	}
	newest := uids[max(0, len(uids)-messages):]
	opts := mailbox.FetchOptions{HeaderOnly: true, Limits: mailbox.Limits{Keep: sampleKeep}}
	var blocks [][]byte
	for m, err := range session.Fetch(ctx, newest, opts) {
		seen()
		switch {
		case err != nil && m.Place.UID == 0:
			return nil, err // the session is over
		case err != nil, m.Reported:
			continue // unreadable, or spam
		}
		if len(headers.Hops(m.Raw)) > 0 {
			blocks = append(blocks, m.Raw)
		}
	}
	return blocks, nil
}

// sweeps reports whether a folder of an account is swept for spam. Whoever sent
// most of that would be learned as one of the user's own.
func (p *parts) sweeps(account, folder string) bool {
	for _, cfg := range p.cfg.Accounts {
		for _, swept := range cfg.Folders {
			if cfg.Name == account && strings.EqualFold(swept, folder) {
				return true
			}
		}
	}
	return false
}
