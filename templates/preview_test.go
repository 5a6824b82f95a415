package templates

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestLettersGolden shows every letter as it reads, with all facts and with
// as few as can be.
func TestLettersGolden(t *testing.T) {
	s, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range s.Names() {
		for kind, facts := range map[string]Facts{"full": Sample(), "sparse": {Address: Sample().Address, Incident: "SR-7K3F-9Q2M"}} {
			t.Run(name+"/"+kind, func(t *testing.T) {
				letter, err := s.Execute(name, facts)
				if err != nil {
					t.Fatal(err)
				}
				got := "Subject: " + letter.Subject + "\n\n" + letter.Body
				compareGolden(t, name+"."+kind+".txt", got)
			})
		}
	}
}

// compareGolden compares with a file of testdata.
func compareGolden(t *testing.T, file, got string) {
	t.Helper()
	path := filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run go test with -update)", err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}
