package main

import (
	"slices"

	"spamreport/complaint"
	"spamreport/internal/contract"
	"spamreport/internal/pipeline"
)

// newReport is the document of a message: the case about its source, and the
// others below "targets".
func newReport(c pipeline.Case) contract.Report {
	doc := contract.NewReport(c.Message.Name, c.Incident.Verdict, c.Incident.Lookup, c.Complaint, c.Action, c.Why)
	for _, other := range c.Others {
		doc.Targets = append(doc.Targets,
			contract.NewTarget(other.Incident.About, other.Incident.Lookup, other.Complaint, other.Action, other.Why))
	}
	return doc
}

// withTargets is a table with the column ABOUT, which is left out where
// everything is about the source.
func withTargets(heading []string, rows [][]string) ([]string, [][]string) {
	at := slices.Index(heading, "ABOUT")
	if slices.ContainsFunc(rows, func(row []string) bool { return row[at] != complaint.KindSource.String() }) {
		return heading, rows
	}
	for i := range rows {
		rows[i] = slices.Delete(rows[i], at, at+1)
	}
	return slices.Delete(heading, at, at+1), rows
}

// aboutWhat names what a case is about.
func aboutWhat(c pipeline.Case) string {
	if c.Incident.About.Name == "" {
		return c.Incident.About.Kind.String()
	}
	return c.Incident.About.Kind.String() + " " + c.Incident.About.Name
}
