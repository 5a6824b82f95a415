package main

import (
	"context"
	"iter"

	"spamreport/lookup"
)

// inFlight bounds the queries of a bulk look-up that are under way. Most wait
// for their turn at a registry, which the client asks one at a time.
const inFlight = 64

// answer is one query and what came of it.
type answer struct {
	query  string
	result lookup.Result
	err    error
	idle   bool // no further query is waiting
}

// slot is the place of an answer in the order: the answer itself, or where it
// will come.
type slot struct {
	answer
	later chan answer // nil: it is here
}

// ordered asks for many queries at once and yields the answers in the order
// of the queries.
func ordered(ctx context.Context, queries iter.Seq[string], start func(context.Context, string) slot) iter.Seq[answer] {
	return func(yield func(answer) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		pending := make(chan slot, inFlight)
		go func() {
			defer close(pending)
			for query := range queries {
				select {
				case pending <- start(ctx, query):
				case <-ctx.Done():
					return
				}
			}
		}()
		for s := range pending {
			if s.later != nil {
				s.answer = <-s.later
			}
			s.idle = len(pending) == 0
			if !yield(s.answer) {
				return
			}
		}
	}
}

// starter begins to answer a query. What is known is answered at once:
// handing it to a goroutine would take longer than the answer.
func starter(desks *lookup.Client, refresh bool) func(context.Context, string) slot {
	ask := desks.Lookup
	if refresh {
		ask = desks.Refresh
	}
	return func(ctx context.Context, query string) slot {
		if !refresh {
			if result, ok, err := desks.Known(query); ok {
				return slot{answer: answer{query: query, result: result, err: err}}
			}
		}
		later := make(chan answer, 1)
		go func() {
			result, err := ask(ctx, query)
			later <- answer{query: query, result: result, err: err}
		}()
		return slot{later: later}
	}
}
