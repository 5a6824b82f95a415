package target

import (
	"embed"
	"strings"
	"sync"
)

//go:embed tables
var tables embed.FS

// sparing is a table of domains that no complaint is made about, and why.
type sparing struct {
	file string
	why  string
}

// sparings are in the order in which they are asked.
var sparings = []sparing{
	{"shorteners.txt", "it only passes visitors on, and nothing is opened to see where"},
	{"trackers.txt", "it belongs to a service that mails for others, whose account the complaint about the source leads to"},
	{"boilerplate.txt", "it stands in mail without anybody choosing it"},
	{"popular.txt", "millions use it, and spam names it to look honest"},
}

// reservedZones are suffixes below which only the state or nobody has names.
var reservedZones = []string{
	"gov", "mil", "edu", "int", "arpa",
	"gov.uk", "gov.au", "gov.br", "gov.in", "gov.za", "gov.sg", "gov.il", "gov.pl", "gov.pt", "gov.tr", "gov.ua",
	"gc.ca", "gouv.fr", "gob.mx", "gob.es", "gob.ar", "gob.cl", "go.jp", "go.kr", "govt.nz", "gv.at", "gov.it",
	"ac.uk", "ac.jp", "edu.au", "police.uk", "nhs.uk",
	"invalid", "localhost", "onion", "local", "internal", // RFC 6761, RFC 7686; example is what tests are written with
}

// spared returns for each table the set of its domains.
var spared = sync.OnceValue(func() []map[string]bool {
	all := make([]map[string]bool, len(sparings))
	for i, s := range sparings {
		all[i] = map[string]bool{}
		for _, domain := range rows(s.file) {
			all[i][domain] = true
		}
	}
	return all
})

// rows reads a table: a row a line, # starts a remark.
func rows(file string) []string {
	text, err := tables.ReadFile("tables/" + file)
	if err != nil {
		panic(err) // it is part of the program
	}
	var all []string
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// spare says why a host is left out whatever the message is about.
func spare(host string) (why string, yes bool) {
	for i, s := range sparings {
		if under(host, func(name string) bool { return spared()[i][name] }) {
			return s.why, true
		}
	}
	for _, zone := range reservedZones {
		if strings.HasSuffix(host, "."+zone) {
			return "only the state, universities or nobody can have names below ." + zone, true
		}
	}
	return "", false
}

// passesOn reports whether a host is one of a shortener.
func passesOn(host string) bool {
	return under(host, func(name string) bool { return spared()[0][name] })
}

// under asks about a name and all domains that it lies in.
func under(name string, is func(string) bool) bool {
	for {
		if is(name) {
			return true
		}
		_, above, found := strings.Cut(name, ".")
		if !found {
			return false
		}
		name = above
	}
}
