package complaint

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// sisimai is a reader of feedback reports and bounces that providers use
// (Debian's libsisimai-perl); it prints one JSON document a report.
const sisimai = `my $all = Sisimai->make($ARGV[0]) or exit 1; print $_->dump("json"), "\n" for @$all`

// TestSisimaiReadsEveryReport has somebody else's reader say what our reports
// are about.
func TestSisimaiReadsEveryReport(t *testing.T) {
	if out, err := exec.Command("perl", "-MSisimai", "-e", "1").CombinedOutput(); err != nil {
		if os.Getenv("SPAMREPORT_REQUIRE_SERVERS") == "1" {
			t.Fatalf("libsisimai-perl is required here, but: %v\n%s", err, out)
		}
		t.Skip("Sisimai is not installed (apt-get install libsisimai-perl)")
	}
	files, err := filepath.Glob("testdata/golden/*.arf.eml")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d reports, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			out, err := exec.Command("perl", "-MSisimai", "-e", sisimai, file).Output()
			if err != nil {
				t.Fatalf("it reads nothing: %v", err)
			}
			var got struct{ Reason, FeedbackType, RHost, SenderDomain string }
			if err := json.Unmarshal(out, &got); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			kind := "abuse"
			if strings.Contains(string(raw), "\nFeedback-Type: fraud") {
				kind = "fraud"
			}
			if got.Reason != "feedback" || got.FeedbackType != kind || got.RHost != "192.0.2.7" || got.SenderDomain == "" {
				t.Errorf("it reads %+v", got)
			}
		})
	}
}
