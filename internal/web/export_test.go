package web

import "spamreport/internal/contract"

// NewLink hands out the first link, as Serve does.
func (s *Site) NewLink() { s.newLink() }

// Examined puts the findings of an examination on the page, as one that ended now.
func (s *Site) Examined(found ...contract.Check) { s.checkup.end(found, s.Now()) }
