// Package limit counts mail in windows of the calendar: how many recipients
// may be written to in a minute, an hour, a day or a month, and how many a new
// sending address should write to on each day of its first weeks.
//
// # What is counted
//
// Recipients, as hosted services do: a message to three people counts three
// times. A recipient counts in each window in which the next server took the
// message or refused it for good. An attempt that is to be repeated gives its
// place back. What stays counted when a program is killed is not counted again.
//
// # When it starts anew
//
// A window is one of the calendar, not the last 24 hours: a service that says
// "200 a day" also says when the day ends, and people plan by that. Days and
// months are those of the local time; the day on which the clocks change is an
// hour shorter or longer. Minutes and hours are those of UTC. So up to twice
// a rate can go out around the turn of a window, which a second, longer rate
// bounds: "10/minute, 200/day".
//
// A window is known by its name ("day 2026-11-24"), not by when it starts. A
// clock that is set back comes to a name that is there already, with its count.
//
// # Example
//
//	rates, err := limit.Parse("10/minute, 200/day")
//	limits := limit.Limits{All: rates}
//	for _, q := range limits.Quotas(time.Now(), "alice", "example.org") {
//		fmt.Println(q.Scope, q.Most, q.Window.Reset)
//	}
//
// The package holds no counts: internal/store does, and relay/guard joins both.
package limit
