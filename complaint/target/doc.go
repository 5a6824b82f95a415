// Package target finds what else than the source a spam message gives reason to
// complain about: the pages that it leads to and their domains, the account that
// answers go to, the address where the signer asks for complaints, and those who
// collect such mail.
//
//	found := target.Find(ctx, inc, target.Options{Links: true, Registrars: true})
//	for _, t := range found.Targets {
//		about := inc
//		about.About, about.Lookup = t.About, … // who is in charge of t.Query
//		complaint, err := composer.Compose(about, contacts)
//	}
//
// A wrong complaint does harm: a desk that is told nonsense reads less of the
// next one, and a brand that was imitated is no accomplice. So the rules are
// conservative: what is in doubt is left out, and Found.Left says why. Nothing
// is fetched and no name is resolved; only the keys of DKIM signatures are
// looked up, and only through Options.TXT.
package target
