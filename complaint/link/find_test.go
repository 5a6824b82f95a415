package link

import (
	"strings"
	"testing"
)

func places(links []Link) string {
	var all []string
	for _, l := range links {
		s := string(l.Place) + " " + l.Host
		if l.Hidden {
			s += " (hidden)"
		}
		if l.Password {
			s += " (password)"
		}
		all = append(all, s)
	}
	return strings.Join(all, ", ")
}

func TestWhereLinksStandInAPage(t *testing.T) {
	for name, tt := range map[string]struct{ page, want string }{
		"a link":                              {`<a href="http://evil.example/">x</a>`, "link evil.example"},
		"a link without quotes":               {`<a href=http://evil.example/ >x</a>`, "link evil.example"},
		"an address in entities":              {`<a href="http&#58;&#x2f;/evil&period;example/">x</a>`, "link evil.example"},
		"an area of a picture":                {`<map><area href="http://evil.example/"></map>`, "link evil.example"},
		"a form":                              {`<form action="http://evil.example/"><input type=text></form>`, "form evil.example"},
		"a form for a password":               {`<form action="http://evil.example/"><input type="Password"></form>`, "form evil.example (password)"},
		"a button with an address of its own": {`<form><button formaction="http://evil.example/">`, "form evil.example"},
		"a refresh":                           {`<meta http-equiv=Refresh content="0; URL='http://evil.example/'">`, "redirect evil.example"},
		"a refresh to nowhere":                {`<meta http-equiv=refresh content="5">`, ""},
		"a frame":                             {`<iframe src="//evil.example/x"></iframe>`, "redirect evil.example"},
		"a script":                            {`<script>location="https:\/\/evil.example\/x"</script>`, "redirect evil.example"},
		"a picture":                           {`<img src="http://pic.example/a.png">`, "picture pic.example"},
		"a background":                        {`<td background="http://pic.example/a">`, "picture pic.example"},
		"a style":                             {`<div style="background:url('http://pic.example/a')">`, "picture pic.example"},
		"a style sheet":                       {`<style>@import url(http://pic.example/a.css);</style>`, "picture pic.example"},
		"a style sheet elsewhere":             {`<link rel=stylesheet href="http://css.example/">`, "resource css.example"},
		"a link to a picture":                 {`<a href="http://pic.example/a.JPG?x=1">x</a>`, "picture pic.example"},
		"a button for Outlook":                {`<v:roundrect href="http://evil.example/">`, "link evil.example"},
		"an address in the text":              {`<p>See http://evil.example/x.</p>`, "text evil.example"},
		"what a link shows is no address":     {`<a href="http://evil.example/">http://bank.example/</a>`, "link evil.example"},
		"text behind a link":                  {`<a href="http://evil.example/">x</a> www.b.example`, "link evil.example, text www.b.example"},
		"relative to a base":                  {`<base href="http://evil.example/x/"><a href="page">x</a>`, "link evil.example"},
		"relative to nothing":                 {`<a href="page">x</a><a href="/page">x</a><a href="#top">x</a>`, ""},
		"other schemes":                       {`<a href="mailto:a@b.example">x</a><a href="javascript:x">y</a><img src="cid:1">`, ""},
		"a comment":                           {`<!-- <a href="http://evil.example/">x</a> -->`, ""},
		"a hidden one":                        {`<div style="DISPLAY : none"><p><a href="http://a.example/">x</a></p></div><a href="http://b.example/">`, "link a.example (hidden), link b.example"},
		"hidden in an element of that name":   {`<div hidden><div></div><a href="http://a.example/">x</a></div>`, "link a.example (hidden)"},
		"a cell without a font size":          {`<td style="font-size:0"><a href="http://a.example/">x</a></td>`, "link a.example"},
		"an empty element hides nothing":      {`<img style="display:none"><a href="http://a.example/">x</a>`, "link a.example"},
		"the first of repeated attributes":    {`<a href="http://a.example/" href="http://b.example/">`, "link a.example"},
		"tags that are never closed":          {`<a href="http://a.example/"<b><a href="http://b.example/`, "link a.example"},
		"a picture that is a link":            {`<a href="http://a.example/"><img src="http://b.example/x.gif"></a>`, "link a.example, picture b.example"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := places(InPage(tt.page)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestLinksKeepWhatIsClickedOn(t *testing.T) {
	got := InPage(`<a href="http://evil.example/">  www.<b>bank</b>.example
	/login </a> and <a href="http://b.example/"><img src=x></a>`)
	if len(got) != 2 || got[0].Label != "www.bank.example /login" || got[1].Label != "" {
		t.Errorf("%+v", got)
	}
	long := InPage(`<a href="http://evil.example/">` + strings.Repeat("é", 500))
	if len(long) != 1 || len(long[0].Label) > MaxLabel || !strings.HasPrefix(long[0].Label, "éé") {
		t.Errorf("%+v", long)
	}
}

func TestAddressesInText(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"at the end of a sentence":   {"Go to http://evil.example/x. Now!", "http://evil.example/x"},
		"in angle brackets":          {"<http://evil.example/x>", "http://evil.example/x"},
		"in parentheses":             {"(see http://evil.example/x)", "http://evil.example/x"},
		"with parentheses inside":    {"http://evil.example/a_(b)", "http://evil.example/a_(b)"},
		"in quotes":                  {`"http://evil.example/x"`, "http://evil.example/x"},
		"in square brackets":         {"[http://evil.example/x]", "http://evil.example/x"},
		"in Markdown":                {"[pay](https://evil.example/x)", "https://evil.example/x"},
		"without a scheme":           {"visit www.evil.example/x, please", "http://www.evil.example/x"},
		"a name that only looks so":  {"see evil.example and report.doc", ""},
		"defanged":                   {"hxxp://evil[.]example/x", "http://evil.example/x"},
		"a port and a query":         {"http://evil.example:8080/?a=b&c=d", "http://evil.example:8080/?a=b&c=d"},
		"two of them":                {"http://a.example/\nhttp://b.example/", "http://a.example/ http://b.example/"},
		"a page that is called text": {`<html><a href="http://evil.example/">x</a>`, "http://evil.example/"},
		"only a scheme":              {"http:// and https://", ""},
		"Chinese around it":          {"请访问http://evil.example/a　谢谢", "http://evil.example/a"},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, l := range InText(tt.text) {
				got = append(got, l.URL)
			}
			if s := strings.Join(got, " "); s != tt.want {
				t.Errorf("got %q, want %q", s, tt.want)
			}
		})
	}
}

func TestBoundsOfWhatIsRead(t *testing.T) {
	if n := len(InText(strings.Repeat("http://evil.example/ ", 2*MaxLinks))); n != MaxLinks {
		t.Errorf("%d links of a text", n)
	}
	if n := len(InPage(strings.Repeat(`<a href="http://evil.example/">`, 2*MaxLinks))); n != MaxLinks {
		t.Errorf("%d links of a page", n)
	}
	l, ok := Parse("http://evil.example/" + strings.Repeat("x", 1<<20))
	if !ok || len(l.URL) > MaxURL {
		t.Errorf("%d octets", len(l.URL))
	}
	if n := len(InPage("<a " + strings.Repeat("x", maxToken*2) + "><a href=http://evil.example/>")); n > 1 {
		t.Errorf("%d links behind a tag without end", n)
	}
}

func TestShownAddressesAreHarmless(t *testing.T) {
	for raw, want := range map[string]string{
		"https://evil.example/pay?a=1":          "hxxps://evil.example/pay?a=1",
		"http://evil.example/http://b.example/": "hxxp://evil.example/http://b.example/",
		"http://evil.example/\x1b[31m\u202e":    "hxxp://evil.example/%1B[31m%E2%80%AE",
		"http://evil.example/\"><script>":       "hxxp://evil.example/%22%3E%3Cscript%3E",
		"http://evil.example/a b\r\nBcc: x":     "hxxp://evil.example/a%20bBcc:%20x",
	} {
		if l, ok := Parse(raw); !ok || l.Shown() != want {
			t.Errorf("%q: %q, want %q", raw, l.Shown(), want)
		}
	}
}

// FuzzFind: whatever the text, what is found has a host that can be looked up,
// and can be shown.
func FuzzFind(f *testing.F) {
	f.Add(`<base href=x><a href="http://a@b@evil.example:99999/%zz">www.x.example</a><style>url(//b.example)`)
	f.Add(`<meta http-equiv=refresh content="0;url"><form action=//[::1]><input type=password><div hidden>`)
	f.Add("hxxps[:]//evil[.]example/ www. http:\\\\0x7f.1/ https://urldefense.com/v3/__http://a**A__;4oCm4oCm!")
	f.Add("https://www.google.com/url?q=https%3A%2F%2Fwww.google.com%2Furl%3Fq%3Dhttp%3A%2F%2Fevil.example")
	f.Fuzz(func(t *testing.T, text string) {
		for _, links := range [][]Link{InText(text), InPage(text)} {
			if len(links) > MaxLinks {
				t.Fatalf("%d links", len(links))
			}
			for _, l := range links {
				if l.Host == "" || strings.ContainsAny(l.Host, " /@\\\r\n\t\x00") || len(l.Host) > 253 || l.Place == "" {
					t.Fatalf("%+v", l)
				}
				shown := l.Shown()
				if len(shown) > 9*MaxURL+300 || strings.HasPrefix(shown, "http") {
					t.Fatalf("%q", shown)
				}
				for _, c := range []byte(shown) {
					if c <= ' ' || c >= 0x7f {
						t.Fatalf("%q", shown)
					}
				}
			}
		}
	})
}
