package target

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"spamreport/complaint"
	"spamreport/headers"
)

// everything switches on what needs no network.
func everything() Options {
	return Options{Origin: true, Links: true, Registrars: true, DropBoxes: true, Feedback: true}
}

// TestOverTheCorpus finds targets in real spam and prints what it found with -v.
func TestOverTheCorpus(t *testing.T) {
	root := os.Getenv("SPAMREPORT_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	root = filepath.Join(root, "corpus")
	if _, err := os.Stat(root); err != nil {
		t.Skipf("no development data at %s (set SPAMREPORT_SHARED to where it is)", root)
	}
	figures := map[string]map[string]int{}
	count := func(dir, what string) {
		if figures[dir] == nil {
			figures[dir] = map[string]int{}
		}
		figures[dir][what]++
	}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, ".md") || strings.HasSuffix(path, ".tsv") {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		dir := filepath.Base(filepath.Dir(path))
		inc := complaint.Incident{Message: complaint.Message{Raw: raw, Size: int64(len(raw))}, Verdict: verdict(raw)}
		found := Find(context.Background(), inc, everything())
		count(dir, "messages")
		if found.Phishing != "" {
			count(dir, "phishing")
		}
		t.Logf("%s: %s", filepath.Base(path), found.Phishing)
		for _, target := range found.Targets {
			count(dir, string(target.Kind))
			t.Logf("  %-9s %s  [%s]", target.Kind, target.Reason, strings.Join(target.Links, " "))
		}
		for _, left := range found.Left {
			count(dir, "left: "+string(left.Kind))
			t.Logf("  -         %s", left.Why)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for dir, f := range figures {
		t.Logf("%s: %v", dir, f)
	}
}

// verdict is the walk of the stage before.
func verdict(raw []byte) headers.Verdict {
	block, err := headers.ReadBlock(bytes.NewReader(raw))
	if err != nil {
		return headers.Verdict{}
	}
	return (&headers.Walker{}).Walk(block)
}
