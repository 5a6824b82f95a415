package lookup

import (
	"testing"

	"golang.org/x/text/encoding/charmap"
)

// Every row of charsets, and what has no row, with a name in its own script.
func TestAnswersAreReadInTheirCharset(t *testing.T) {
	names := map[string]string{
		"whois.nic.ad.jp": "例株式会社", "whois.jprs.jp": "例株式会社",
		"whois.krnic.net": "예시통신", "whois.kisa.or.kr": "예시통신", "whois.kr": "예시통신",
		"whois.twnic.net": "範例電信", "whois.twnic.net.tw": "範例電信",
		"whois.cnnic.cn": "示例电信",
	}
	for host, charset := range charsets {
		name, ok := names[host]
		if !ok {
			t.Errorf("%s has no case", host)
			continue
		}
		raw, err := charset.NewEncoder().String(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, sent := range []string{raw, name} { // the old charset, and UTF-8
			got, _ := readWHOIS(host, "inetnum: 192.0.2.0 - 192.0.2.255\nnetname: "+sent+"\nabuse-mailbox: abuse@desk.example\n", parsed(t, "192.0.2.7"))
			if got.network.Name != name || len(got.candidates) != 1 {
				t.Errorf("%s: name %q, want %q; candidates %v", host, got.network.Name, name, got.candidates)
			}
		}
	}
	latin, err := charmap.ISO8859_1.NewEncoder().String("São Exemplo")
	if err != nil {
		t.Fatal(err)
	}
	if got := toUTF8("whois.lacnic.net", latin); got != "São Exemplo" {
		t.Errorf("Latin-1: %q", got)
	}
	if got := toUTF8("whois.example.net", "\x1b$B\x4e\x63\x1b(B"); got != "例" {
		t.Errorf("ISO-2022-JP from anywhere: %q", got)
	}
}
