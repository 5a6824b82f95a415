package web

import (
	"context"

	"spamreport/internal/contract"
)

// NewLink hands out the first link, as Serve does.
func (s *Site) NewLink() { s.newLink() }

// Look looks for changes, as Serve does all the time.
func (s *Site) Look(ctx context.Context) { s.live.look(ctx, s) }

// KeepExamined is what Serve does for the check-up.
func (s *Site) KeepExamined(ctx context.Context) { s.keepExamined(ctx) }

// Examined puts the findings of an examination on the page, as one that ended now.
func (s *Site) Examined(found ...contract.Check) { s.checkup.end(found, s.Now()) }
