package main

import (
	"context"

	"spamreport/complaint"
	"spamreport/headers"
	"spamreport/internal/pipeline"
)

// stages joins the parts for one run.
func (p *parts) stages(ctx context.Context, walker *headers.Walker) (*pipeline.Stages, error) {
	composer, err := p.composer(ctx)
	if err != nil {
		return nil, err
	}
	own, err := p.ownNetworks()
	if err != nil {
		return nil, err
	}
	cfg := p.cfg.Complaint
	s := &pipeline.Stages{
		Walker: walker,
		Desks:  p.desks,
		Policy: complaint.Policy{
			Never: p.neverMail(), PerContactPerDay: cfg.PerContactPerDay, MaxAge: cfg.MaxAge,
			MergeFor: cfg.MergeFor, CoolDown: cfg.CoolDown, Lists: cfg.Lists, Own: own,
			RemindAfter: cfg.RemindAfter, EscalateAfter: cfg.EscalateAfter,
		},
		Composer: composer,
		Signer:   p.signer,
	}
	if p.store != nil {
		s.Ledger = p.store
	}
	return s, p.openTargets(s)
}

func (p *parts) identity() complaint.Identity {
	id := p.cfg.Identity
	return complaint.Identity{Name: id.Name, Email: id.Email, Organisation: id.Organisation}
}

// allTrust is the trust of every account: a file may come from any of them.
func (p *parts) allTrust() []string {
	var all []string
	for _, account := range p.cfg.Accounts {
		all = append(all, account.Trust...)
	}
	return all
}
