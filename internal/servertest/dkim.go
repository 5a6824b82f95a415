package servertest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// DKIMPackages is what to install on Debian for the verifiers of VerifyDKIM.
const DKIMPackages = "opendkim python3-dkim"

// VerifyDKIM has two verifiers that are not ours, OpenDKIM (C) and dkimpy
// (Python), judge a message, or skips the test (see RequireOrSkip). records are
// the TXT records that they find in DNS, by name. It returns the verdicts
// as "opendkim rsa-sha256 selector pass", in the order of the signatures.
func VerifyDKIM(t testing.TB, message []byte, records map[string]string) []string {
	t.Helper()
	RequireOrSkip(t, DKIMPackages, "opendkim", systemPython)
	dir := TempDir(t)
	return append(openDKIM(t, dir, message, records), dkimpy(t, dir, message, records)...)
}

// systemPython has Debian's modules; a python3 further up in PATH may not.
const systemPython = "/usr/bin/python3"

var (
	openDKIMResult = regexp.MustCompile(`dkim=(\w+)[^;]*header\.a=(\S+) header\.s=(\S+)`)
	fold           = regexp.MustCompile(`\r?\n[ \t]`)
)

// openDKIM runs the filter in its test mode, in which it reads one message
// from a file and prints what it would add to it.
func openDKIM(t testing.TB, dir string, message []byte, records map[string]string) []string {
	t.Helper()
	var table strings.Builder
	for name, text := range records {
		fmt.Fprintf(&table, "%s %s\n", name, text)
	}
	mail, conf, names := filepath.Join(dir, "mail"), filepath.Join(dir, "opendkim.conf"), filepath.Join(dir, "names")
	WriteFile(t, mail, string(bytes.ReplaceAll(message, []byte("\r\n"), []byte("\n"))))
	WriteFile(t, names, table.String())
	WriteFile(t, conf, "Mode v\nTestDNSData file:"+names+"\n")
	out, err := command(t, "opendkim", "-x", conf, "-t", mail, "-vvv").CombinedOutput()
	if err != nil {
		t.Fatalf("opendkim: %v\n%s", err, out)
	}
	var verdicts []string
	for _, m := range openDKIMResult.FindAllStringSubmatch(fold.ReplaceAllString(string(out), " "), -1) {
		verdicts = append(verdicts, fmt.Sprintf("opendkim %s %s %s", m[2], m[3], m[1]))
	}
	return verdicts
}

// dkimpyScript judges each signature of the message in its input.
const dkimpyScript = `
import dkim, json, re, sys
records = json.load(open(sys.argv[1]))
message = sys.stdin.buffer.read()
def txt(name, timeout=5):
    return records.get(name.decode().rstrip('.'), '').encode() or None
signatures = [v for n, v in dkim.DKIM(message).headers if n.lower() == b'dkim-signature']
for i, signature in enumerate(signatures):
    tags = {k.strip(): v for k, v in (t.split(b'=', 1) for t in re.sub(rb'\s', b'', signature).split(b';') if t)}
    try:
        ok = dkim.DKIM(message).verify(idx=i, dnsfunc=txt)
    except dkim.DKIMException as e:
        ok = False
        print(e, file=sys.stderr)
    print('dkimpy', tags[b'a'].decode(), tags[b's'].decode(), 'pass' if ok else 'fail')
`

func dkimpy(t testing.TB, dir string, message []byte, records map[string]string) []string {
	t.Helper()
	table, err := json.Marshal(records)
	if err != nil {
		t.Fatal(err)
	}
	names := filepath.Join(dir, "names.json")
	WriteFile(t, names, string(table))
	cmd := exec.Command(systemPython, "-c", dkimpyScript, names)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(message), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		unavailable(t, fmt.Sprintf("dkimpy does not run (apt-get install %s): %v", DKIMPackages, err))
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}
