// Package enclosed takes the messages out of a message that somebody forwarded
// "as an attachment". Only so does a forwarded message keep its header: one that
// is forwarded inline has lost its trace.
//
//	if from, ok := senders.Allow(raw); ok {
//		for _, message := range enclosed.Messages(raw) { … }
//	}
//
// Whoever may have messages unpacked decides what is complained about, so it is
// for named senders only. A From field can be forged: ask somebody who can be
// believed whether this one is, too (complaint.Incident.Author).
package enclosed
