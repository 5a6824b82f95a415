package lookup_test

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"spamreport/internal/replay"
	"spamreport/lookup"
)

// sharedAnswer is a row of shared/lookup/index.tsv: a real registry's answer
// and the contacts that are right.
type sharedAnswer struct {
	file, kind, query, registry string
	expected                    []string
}

// shared reads the real answers, which are no part of the project.
func shared(t *testing.T) (dir string, rows []sharedAnswer) {
	t.Helper()
	dir = os.Getenv("SPAMREPORT_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared")
	}
	dir = filepath.Join(dir, "lookup")
	f, err := os.Open(filepath.Join(dir, "index.tsv"))
	if err != nil {
		t.Skipf("the real answers are not here (%s); SPAMREPORT_SHARED names their folder", dir)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		fields := strings.Split(lines.Text(), "\t")
		if len(fields) < 5 || fields[0] == "file" {
			continue
		}
		row := sharedAnswer{file: fields[0], kind: fields[1], query: fields[2], registry: fields[3]}
		if fields[4] != "" {
			row.expected = strings.Split(fields[4], "|")
		}
		rows = append(rows, row)
	}
	return dir, rows
}

// registryWHOIS maps the index's registries to their WHOIS hosts.
var registryWHOIS = map[string]string{
	"arin": "whois.arin.net", "ripencc": "whois.ripe.net", "apnic": "whois.apnic.net", "lacnic": "whois.lacnic.net",
	"afrinic": "whois.afrinic.net", "registrar": "whois.registrar.test",
}

func TestRealAnswersGiveTheExpectedContact(t *testing.T) {
	dir, rows := shared(t)
	right := map[string]int{}
	total := map[string]int{}
	for _, row := range rows {
		total[row.kind]++
		t.Run(row.file, func(t *testing.T) {
			body, err := os.ReadFile(filepath.Join(dir, row.file))
			if err != nil {
				t.Fatal(err)
			}
			r, err := lookupRow(t, row, body)
			for _, c := range r.Contacts {
				if why, never := lookup.NeverMail(c.Email); never {
					t.Errorf("contact %s: %s", c.Email, why)
				}
			}
			if !rightContacts(r.Best(), row.expected) {
				t.Errorf("got %v (%v), want %v; trail %v", r.Contacts, err, row.expected, r.Trail)
				return
			}
			right[row.kind]++
		})
	}
	for kind, n := range total {
		t.Logf("%s: %d of %d right", kind, right[kind], n)
	}
}

// lookupRow answers one row over its own protocol from a local server.
func lookupRow(t *testing.T, row sharedAnswer, body []byte) (lookup.Result, error) {
	t.Helper()
	reg := replay.Registry{RDAP: map[string][]byte{}, WHOIS: map[string]map[string]string{}}
	key := row.query
	if row.kind != "whois-domain" {
		key += "/32"
		if strings.Contains(row.query, ":") {
			key = row.query + "/128"
		}
	}
	order := []string{lookup.ViaWHOIS}
	if row.kind == "rdap-ip" {
		order = []string{lookup.ViaRDAP}
		reg.RDAP[key] = body
	} else {
		reg.WHOIS[registryWHOIS[row.registry]] = map[string]string{key: string(body)}
	}
	srv, err := replay.Start(t.Context(), reg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(srv.Close)
	c, err := lookup.New(lookup.Options{Order: order, RDAPBootstrap: srv.BootstrapURL(), WHOISHosts: srv.WHOISHosts()})
	if err != nil {
		t.Fatal(err)
	}
	return c.Lookup(t.Context(), row.query)
}

// rightContacts: every contact that would be written to is an expected one.
func rightContacts(got []lookup.Contact, expected []string) bool {
	if len(expected) == 0 {
		return len(got) == 0
	}
	return len(got) > 0 && !slices.ContainsFunc(got, func(c lookup.Contact) bool { return !slices.Contains(expected, c.Email) })
}
