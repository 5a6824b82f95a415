package lookup

import "testing"

func TestHostsMayBeWrittenLoosely(t *testing.T) {
	o := Options{WHOISHosts: map[string]string{"WHOIS.Ripe.NET": "127.0.0.1", "whois.arin.net": "127.0.0.1:4343", "whois.apnic.net": "::1"}}.withDefaults()
	for host, want := range map[string]string{"whois.ripe.net": "127.0.0.1:43", "whois.arin.net": "127.0.0.1:4343", "whois.apnic.net": "[::1]:43"} {
		if got := o.WHOISHosts[host]; got != want {
			t.Errorf("%s: %q, want %q", host, got, want)
		}
	}
}

func TestDefaults(t *testing.T) {
	c, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(c.sources) != 2 || c.opts.Timeout != defaultTimeout || !c.boot.public || c.boot.loopback {
		t.Errorf("%+v", c.opts)
	}
	// Without IANA's files the bundled table names the registry.
	for text, want := range map[string]string{
		"62.1.1.1": "https://rdap.db.ripe.net/", "2a00::1": "https://rdap.db.ripe.net/", "AS3333": "https://rdap.arin.net/registry/",
		"shop.com": "https://rdap.verisign.com/com/v1/", "shop.example": "",
	} {
		if got := c.boot.bundled(parsed(t, text)); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestBootstrapFilesAreKeptOnDisk(t *testing.T) {
	dir := t.TempDir()
	first := newBootCache(dir)
	if err := first.Save("ipv4.json", []byte("{}")); err != nil {
		t.Fatal(err)
	}
	second := newBootCache(dir) // the next run
	if data, err := second.Load("ipv4.json"); err != nil || string(data) != "{}" {
		t.Errorf("%q, %v", data, err)
	}
	// A folder that cannot be made costs a download, not the lookup.
	third := newBootCache("/dev/null/nowhere")
	if err := third.Save("ipv4.json", []byte("{}")); err != nil {
		t.Error(err)
	}
	if data, err := third.Load("ipv4.json"); err != nil || string(data) != "{}" {
		t.Errorf("%q, %v", data, err)
	}
}
