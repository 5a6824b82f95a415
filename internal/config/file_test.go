package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFilesThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	big := filepath.Join(dir, "big.toml")
	if err := os.WriteFile(big, []byte(strings.Repeat("# x\n", maxFile/4+1)), 0o600); err != nil {
		t.Fatal(err)
	}
	locked := filepath.Join(dir, "locked.toml")
	if err := os.WriteFile(locked, nil, 0o000); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, path string
		environ    []string
		want       string
		rootReads  bool
	}{
		{"missing", filepath.Join(dir, "gone.toml"), nil, "gone.toml: no such file; spamreport init writes one", false},
		{"missing, by variable", "", []string{"SPAMREPORT_CONFIG=" + dir + "/gone.toml"}, "gone.toml: no such file; spamreport init writes one", false},
		{"a folder", dir + "/.", nil, ".: is a folder: name the file in it", false},
		{"too large", big, nil, "big.toml: is larger than 256 KiB: not a configuration file", false},
		{"a file for a folder", locked + "/config.toml", nil, "locked.toml/config.toml: not a directory", false},
		{"not allowed", locked, nil, "locked.toml: may not be read by this user: permission denied", true},
	} {
		if c.rootReads && os.Getuid() == 0 {
			continue
		}
		_, err := Load(c.path, c.environ)
		if got := strings.Join(messages(t, err, dir), "\n"); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

func TestFilesOfOtherEditors(t *testing.T) {
	got, wrong := load(t, "\ufeff[identity]\r\nname = \"Zoë\"\r\n", 0o600)
	if wrong != nil || got.Identity.Name != "Zoë" {
		t.Errorf("byte order mark and CRLF: %q, %v", got.Identity.Name, wrong)
	}
}
