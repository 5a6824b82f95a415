package replay

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

func start(t *testing.T) *Server {
	t.Helper()
	s, err := Start(t.Context(), Sample())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func ask(t *testing.T, addr, query string) string {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, query+"\r\n"); err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestBootstrapFilesNameThisServer(t *testing.T) {
	s := start(t)
	for file, entry := range map[string]string{
		"ipv4.json": "192.0.2.0/24", "ipv6.json": "2001:db8::/32", "asn.json": "64500-64500", "dns.json": "example",
	} {
		_, body := get(t, s.BootstrapURL()+file)
		if !strings.Contains(body, `"`+entry+`"`) || !strings.Contains(body, s.RDAPURL()) {
			t.Errorf("%s lacks %s or the server: %s", file, entry, body)
		}
	}
}

func TestRDAPAnswersTheLongestPrefix(t *testing.T) {
	s := start(t)
	for query, name := range map[string]string{
		"ip/192.0.2.9": "EXAMPLE-BROADBAND", "ip/198.51.100.0/25": "EXAMPLE-HOSTING",
		"ip/2001:db8:7::1": "EXAMPLE-CARRIER-V6", "autnum/64500": "EXAMPLE-BROADBAND-AS",
	} {
		status, body := get(t, s.RDAPURL()+query)
		var answer struct{ Name string }
		if err := json.Unmarshal([]byte(body), &answer); err != nil || status != 200 || answer.Name != name {
			t.Errorf("%s: status %d, name %q, %v", query, status, answer.Name, err)
		}
	}
	if status, _ := get(t, s.RDAPURL()+"ip/192.0.3.1"); status != http.StatusNotFound {
		t.Errorf("an unknown network answers %d", status)
	}
	if n := s.Count(RDAP); n != 5 {
		t.Errorf("counted %d queries, want 5", n)
	}
}

func TestWHOISRefersAndAnswers(t *testing.T) {
	s := start(t)
	hosts := s.WHOISHosts()
	if text := ask(t, hosts[IANA], "198.51.100.7"); !strings.Contains(text, "refer:        whois.arin.net") {
		t.Errorf("no referral: %s", text)
	}
	for _, query := range []string{"198.51.100.7", "n + 198.51.100.7", "198.51.100.7/e"} {
		if text := ask(t, hosts["whois.arin.net"], query); !strings.Contains(text, "abuse@hosting.example") {
			t.Errorf("%q: %s", query, text)
		}
	}
	if text := ask(t, hosts["whois.ripe.net"], "198.51.100.7"); !strings.Contains(text, "No entries found") {
		t.Errorf("the wrong registry answers: %s", text)
	}
}

func TestFaultsEndAfterTheirTimes(t *testing.T) {
	s := start(t)
	s.Break(RDAP, Fault{Status: 429, RetryAfter: "1", Times: 1})
	if status, _ := get(t, s.RDAPURL()+"ip/192.0.2.9"); status != 429 {
		t.Errorf("first query: %d", status)
	}
	if status, _ := get(t, s.RDAPURL()+"ip/192.0.2.9"); status != 200 {
		t.Errorf("second query: %d", status)
	}
}

func TestEveryFaultIsWhatItSays(t *testing.T) {
	s := start(t)
	url := s.RDAPURL() + "ip/192.0.2.9"
	_, whole := get(t, url)
	for name, tc := range map[string]struct {
		fault Fault
		right func(status int, body string) bool
	}{
		"status": {Fault{Status: 500, Body: "no"}, func(status int, body string) bool { return status == 500 && body == "no" }},
		"cut":    {Fault{Cut: true}, func(_ int, body string) bool { return len(body) == len(whole)/2 }},
		"body":   {Fault{Body: "<html>", Type: "text/html"}, func(_ int, body string) bool { return body == "<html>" }},
		"huge":   {Fault{Huge: 1 << 20}, func(_ int, body string) bool { return len(body) > 1<<20 }},
		"delay":  {Fault{Delay: time.Millisecond}, func(status int, body string) bool { return status == 200 && body == whole }},
	} {
		s.Forget()
		s.Break(RDAP, tc.fault)
		if status, body := get(t, url); !tc.right(status, body) {
			t.Errorf("%s: status %d, %d bytes", name, status, len(body))
		}
	}
	s.Forget()
	s.Break(RDAP, Fault{Redirect: "{self}"})
	if _, err := http.Get(url); err == nil {
		t.Error("a redirect to itself ends")
	}
	s.Break(RDAP, Fault{Reset: true})
	if _, err := http.Get(url); err == nil {
		t.Error("a reset connection answers")
	}
	s.Break("whois.arin.net", Fault{Body: "busy"})
	if text := ask(t, s.WHOISHosts()["whois.arin.net"], "198.51.100.7"); text != "busy" {
		t.Errorf("WHOIS: %q", text)
	}
}

func TestAServerEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s, err := Start(ctx, Sample())
	if err != nil {
		t.Fatal(err)
	}
	s.Break(RDAP, Fault{Delay: time.Hour})
	go func() { _, _ = http.Get(s.RDAPURL() + "ip/192.0.2.9") }()
	cancel()
	s.Close()
	s.Close() // twice does no harm
	if _, err := net.Dial("tcp", s.WHOISHosts()[IANA]); err == nil {
		t.Error("still listening")
	}
}
