// Package setup asks for what a first configuration needs, and tries every
// answer at once: a wrong password is asked for again while the person still
// knows which one was meant, not found out by a sweep at night.
//
//	interview := setup.Interview{Person: terminal, Mail: network}
//	plan, err := interview.Run(ctx)
//	…
//	err = plan.Write("config.toml", false)
//
// Nothing is on disk before Write, so an interrupt leaves nothing behind. The
// package knows neither terminals nor networks: a [Person] answers, [Mail] says
// what is true.
package setup
