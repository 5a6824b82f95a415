package headers

import (
	"bufio"
	"bytes"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// shared returns a folder of development data beside the project, or skips.
func shared(t testing.TB, name string) string {
	root := os.Getenv("SPAMREPORT_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "shared")
	}
	dir := filepath.Join(root, name)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no development data at %s (set SPAMREPORT_SHARED to where it is)", dir)
	}
	return dir
}

type known struct {
	file  string
	block []byte
	ip    netip.Addr
}

// phishingPot reads real messages with a known answer.
func phishingPot(t testing.TB) []known {
	dir := shared(t, "corpus/phishing_pot")
	f, err := os.Open(filepath.Join(dir, "truth.tsv"))
	if err != nil {
		t.Skip(err)
	}
	defer f.Close()
	var all []known
	for s := bufio.NewScanner(f); s.Scan(); {
		file, ip, _ := strings.Cut(s.Text(), "\t")
		addr, err := netip.ParseAddr(strings.TrimSpace(ip))
		if err != nil {
			continue
		}
		m, err := os.Open(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		block, err := ReadBlock(m)
		m.Close()
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		all = append(all, known{file, block, addr})
	}
	return all
}

// vouching are the headers in which the recipient's provider gives the
// answer away.
var vouching = []string{
	"x-sender-ip", "x-sid-", "x-ms-", "authentication-results", "arc-", "received-spf",
	"x-forefront-", "x-microsoft-",
}

func withoutVouching(block []byte) []byte {
	var out []byte
	keep := true
	for line := range bytes.Lines(block) {
		if line[0] != ' ' && line[0] != '\t' {
			keep = true
			low := strings.ToLower(string(line[:min(len(line), 40)]))
			for _, p := range vouching {
				if strings.HasPrefix(low, p) {
					keep = false
				}
			}
		}
		if keep {
			out = append(out, line...)
		}
	}
	return out
}

func TestTheSourceOfRealPhishingIsFound(t *testing.T) {
	all := phishingPot(t)
	trust := &Walker{}
	for _, d := range []string{"outlook.com", "office365.com", "exchangelabs.com", "hotmail.com", "protection.outlook.com"} {
		rule, err := ParseTrust(d)
		if err != nil {
			t.Fatal(err)
		}
		trust.Trust = append(trust.Trust, rule)
	}
	for _, run := range []struct {
		name   string
		walker *Walker
		strip  bool
		goal   float64
	}{
		{"profiles alone", &Walker{}, false, 0.99},
		{"profiles alone, vouching headers stripped", &Walker{}, true, 0.99},
		{"provider trusted", trust, false, 0.995},
		{"provider trusted, vouching headers stripped", trust, true, 0.995},
	} {
		t.Run(run.name, func(t *testing.T) {
			right := 0
			for _, m := range all {
				block := m.block
				if run.strip {
					block = withoutVouching(block)
				}
				v := run.walker.Walk(block)
				if v.Source != nil && v.Source.IP == m.ip {
					right++
				} else {
					t.Logf("%s: want %s, got %+v %s", m.file, m.ip, v.Source, v.Reason)
				}
			}
			share := float64(right) / float64(len(all))
			t.Logf("%d of %d right", right, len(all))
			if share < run.goal {
				t.Errorf("right in %.2f %%, want %.2f %%", 100*share, 100*run.goal)
			}
		})
	}
}
