package templates

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEveryBundledLanguageHasAnOpening(t *testing.T) {
	s, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	bundled := []string{"de", "es", "fr", "ja", "pt", "ru", "zh"}
	if d := cmp.Diff(bundled, s.Languages()); d != "" {
		t.Error(d)
	}
	for country, language := range languages() {
		if !slices.Contains(bundled, language) {
			continue
		}
		got, err := s.Opening(language, "sending-provider", Sample())
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"192.0.2.7", "2026-01-02 03:04 UTC", "SR-7K3F-9Q2M"} {
			if !strings.Contains(got, want) {
				t.Errorf("%s, %s: no %s in %q", country, language, want, got)
			}
		}
	}
	if got, err := s.Opening(LanguageOf("NL"), "source-network", Sample()); got != "" || err != nil {
		t.Errorf("%q %v", got, err)
	}
}

func TestAnOpeningOfTheUser(t *testing.T) {
	s, _, err := load(t, map[string]string{"_mine.txt": `{{define "opening.nl"}}Spam van {{.Address}}{{end}}`})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.Opening(LanguageOf("nl"), "source-network", Sample()); got != "Spam van 192.0.2.7\n" || err != nil {
		t.Errorf("%q %v", got, err)
	}
	s, dir, err := load(t, map[string]string{"_mine.txt": "{{define \"opening.nl\"}}\n{{.Adres}}{{end}}"})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{second(s.Opening("nl", "source-network", Sample())), s.Check()} {
		if err == nil || !strings.HasPrefix(err.Error(), dir) || strings.Count(err.Error(), "\n") > 0 {
			t.Errorf("%v", err)
		}
	}
}

func second(_ string, err error) error { return err }

// TestTheMainLetterIsTranslated shows each translation as it reads, with all
// facts and with as few as can be.
func TestTheMainLetterIsTranslated(t *testing.T) {
	s, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	for _, language := range s.Languages() {
		for kind, facts := range map[string]Facts{"full": Sample(), "sparse": sparse()} {
			got, err := s.Opening(language, "source-network", facts)
			if err != nil {
				t.Fatal(err)
			}
			if short, _ := s.Opening(language, "phishing", facts); short == got {
				t.Errorf("the letter is not translated into %s", language)
			}
			compareGolden(t, "source-network-"+language+"."+kind+".txt", got)
			for _, want := range []string{"192.0.2.7", "2026-01-02 03:04:05 UTC", "SR-7K3F-9Q2M"} {
				if !strings.Contains(got, want) {
					t.Errorf("%s, %s: no %s", language, kind, want)
				}
			}
			if strings.Contains(got, "\n\n\n") {
				t.Errorf("%s, %s has gaps", language, kind)
			}
		}
	}
}
