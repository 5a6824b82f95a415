package config

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/net/idna"
)

func checkSelector(s string) error {
	if !isASCII(s) || !isDomain(s) || strings.HasSuffix(s, ".") {
		return fmt.Errorf("%s is not a selector: use letters, digits and hyphens, like mail or 2026a", quote(s))
	}
	return nil
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > 0x7e }) < 0
}

// checkDKIM wants each key to be whole, private, and the only one at its place
// in DNS. Whether it is a key is seen when it is loaded.
func (l *loader) checkDKIM(keys []DKIM) {
	seen := map[string]int{}
	for i := range keys {
		path := fmt.Sprintf("relay.dkim[%d]", i+1)
		l.checkKey(&keys[i], path)
		if keys[i].Selector == "" || keys[i].Domain == "" {
			continue
		}
		name := strings.ToLower(keys[i].Selector + "._domainkey." + keys[i].Domain)
		if first := seen[name]; first > 0 {
			l.mistake(path+".selector", "key %d has this selector of this domain too: give each key its own", first)
		}
		seen[name] = i + 1
	}
}

func (l *loader) checkKey(k *DKIM, path string) {
	for _, key := range []struct{ name, value, example string }{
		{"domain", k.Domain, "the domain of your From: address"},
		{"selector", k.Selector, "the name that spamreport relay dkim init printed"},
		{"key_file", k.KeyFile, "the file that spamreport relay dkim init made"},
	} {
		if at := path + "." + key.name; key.value == "" && !l.wrong[at] {
			l.mistake(at, "empty: write %s", key.example)
		}
	}
	if ascii, err := idna.Lookup.ToASCII(strings.TrimSuffix(k.Domain, ".")); err == nil {
		k.Domain = ascii
	}
	l.checkFile(&k.KeyFile, path+".key_file")
	if k.KeyFile == "" || l.wrong[path+".key_file"] {
		return
	}
	info, err := os.Stat(k.KeyFile)
	if err == nil {
		err = private(info)
	}
	if err != nil {
		l.mistake(path+".key_file", "%q: %s", k.KeyFile, err)
	}
}
