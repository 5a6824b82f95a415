package web

// NewLink hands out the first link, as Serve does.
func (s *Site) NewLink() { s.newLink() }
