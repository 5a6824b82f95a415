package main

import (
	"bufio"
	"encoding/csv"
	"strconv"
	"strings"

	"spamreport/internal/contract"
	"spamreport/internal/export"
	"spamreport/internal/term"
)

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

// lookupText prints answers for people.
type lookupText struct {
	out  term.Printer
	fail func(error)
}

func (t lookupText) print(a answer) error {
	t.out.Title("%s", a.query)
	t.out.Lookup(a.result)
	if a.err != nil {
		t.fail(a.err)
	}
	return nil
}

func (t lookupText) flush() error { return nil }

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
