package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"iter"
	"strconv"
	"strings"

	"spamreport/internal/contract"
	"spamreport/internal/export"
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

// answerPrinter is a way to print the answers.
type answerPrinter interface {
	print(answer) error
	flush() error
}

func (a *app) answerPrinter(asCSV bool) answerPrinter {
	switch {
	case a.json:
		w := bufio.NewWriter(a.stdout)
		return &lookupJSON{w: w}
	case asCSV:
		w := csv.NewWriter(a.stdout)
		return &lookupCSV{w: w}
	}
	return lookupText{out: a.printer(), fail: a.complain}
}

type lookupJSON struct{ w *bufio.Writer }

func (j *lookupJSON) print(a answer) error {
	err := contract.Write(j.w, contract.NewLookup(a.result, a.err))
	if err == nil && a.idle {
		// A program that asks one by one waits for the answer.
		err = j.w.Flush()
	}
	return err
}

func (j *lookupJSON) flush() error { return j.w.Flush() }

type lookupCSV struct {
	w      *csv.Writer
	headed bool
}

func (c *lookupCSV) print(a answer) error {
	if !c.headed {
		c.headed = true
		err := c.w.Write([]string{"query", "network", "cidr", "country", "asn", "contact", "role", "via", "confidence", "error"})
		if err != nil {
			return err
		}
	}
	n := a.result.Network
	row := []string{a.query, n.Name, "", n.Country, "", "", "", "", "", ""}
	cidr := make([]string, len(n.CIDR))
	for i, p := range n.CIDR {
		cidr[i] = p.String()
	}
	row[2] = strings.Join(cidr, " ")
	if n.ASN != 0 {
		row[4] = strconv.FormatUint(uint64(n.ASN), 10)
	}
	if len(a.result.Contacts) > 0 {
		best := a.result.Contacts[0]
		row[5], row[6], row[7], row[8] = best.Email, best.Role, best.Via, string(best.Confidence)
	}
	if a.err != nil {
		row[9] = a.err.Error()
	}
	for i, cell := range row {
		row[i] = export.Cell(cell)
	}
	if err := c.w.Write(row); err != nil || !a.idle {
		return err
	}
	return c.flush()
}

func (c *lookupCSV) flush() error {
	c.w.Flush()
	return c.w.Error()
}

// cacheJSON prints what is remembered, as it is kept.
func (a *app) cacheJSON(entries []lookup.Entry) error {
	enc := json.NewEncoder(a.stdout)
	for _, e := range entries {
		if err := enc.Encode(e); err != nil {
			return err
		}
	}
	return nil
}
