package target

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"spamreport/complaint"
	"spamreport/lookup"
)

func TestDropBoxes(t *testing.T) {
	for name, tt := range map[string]struct{ fields, body, want, why string }{
		"Reply-To at a provider": {
			"From: a@x.example\nReply-To: Dr Who <Box@Tuta.com>\n", "hello", "dropbox fixed abuse@tutao.de", "",
		},
		"Reply-To of the sender himself": {"From: box@tuta.com\nReply-To: box@tuta.com\n", "hello", "", ""},
		"Reply-To of the recipient": {
			"From: a@x.example\nTo: alice@tuta.com\nReply-To: alice@tuta.com\n", "hello", "", "recipient's own",
		},
		"Reply-To at a domain of his own":         {"From: a@x.example\nReply-To: box@evil.example\n", "hello", "", "not one where anybody"},
		"Reply-To at one that only has a form":    {"From: a@x.example\nReply-To: box@gmail.com\n", "hello", "", "https://support.google.com/mail/contact/abuse"},
		"Reply-To at one whose desk is not known": {"From: a@x.example\nReply-To: box@qq.com\n", "hello", "", "no address is known"},
		"several in one field": {
			"From: a@x.example\nReply-To: a@tuta.com, b@proton.me, c@posteo.de\n", "hello",
			"dropbox fixed abuse@tutao.de, dropbox fixed abuse@proton.me", "2 accounts of a message are enough",
		},
		"the text asks for it": {
			"From: a@x.example\n", "Please contact my lawyer at his private email: box@tuta.com for your money.", "dropbox fixed abuse@tutao.de", "",
		},
		"the text only mentions it":      {"From: a@x.example\n", "My brother has box@tuta.com as well.", "", ""},
		"a domain in the text says less": {"From: a@x.example\n", "Please contact me at box@evil.example.", "", ""},
		"an address in a page": {
			"From: a@x.example\n", "<p>Reply to: <b>box@tuta.com</b></p>", "dropbox fixed abuse@tutao.de", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := find(spam(tt.fields, tt.body), Options{DropBoxes: true})
			if got := said(f); got != tt.want || !strings.Contains(left(f), tt.why) {
				t.Errorf("got %q, want %q because %q\n%s", got, tt.want, tt.why, left(f))
			}
		})
	}
}

// invitationCases have a sentence for every row of the table.
var invitationCases = []string{
	"Reply to box@tuta.com now", "contact us by box@tuta.com", "E-mail me: box@tuta.com", "get back to me on box@tuta.com",
	"Write to me (box@tuta.com)", "respond via box@tuta.com", "Send your name to box@tuta.com",
	"this is the private email box@tuta.com", "my e-mail is box@tuta.com",
	"Antworten Sie an box@tuta.com", "Kontaktieren Sie uns: box@tuta.com", "schreiben Sie an box@tuta.com",
	"Contactez box@tuta.com", "répondez à box@tuta.com", "écrivez à box@tuta.com",
	"Contácteme en box@tuta.com", "responda a box@tuta.com", "escribanos box@tuta.com",
	"Entre em contato: box@tuta.com", "Responda para box@tuta.com",
	"Contattaci a box@tuta.com", "Rispondi a box@tuta.com",
	"Свяжитесь со мной box@tuta.com", "пишите на box@tuta.com", "Ответьте: box@tuta.com",
}

func TestEveryInvitationIsUnderstood(t *testing.T) {
	matched := map[string]bool{}
	for _, text := range invitationCases {
		if got := invited(text); len(got) != 1 || got[0] != "box@tuta.com" {
			t.Errorf("%q: %v", text, got)
		}
		for _, row := range invitations {
			if regexp.MustCompile("(?i)" + row).MatchString(text) {
				matched[row] = true
			}
		}
	}
	for _, row := range invitations {
		if !matched[row] {
			t.Errorf("no example for %s", row)
		}
	}
}

func TestEveryAccountProvider(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range accountProviders {
		for domain := range strings.FieldsSeq(p.domains) {
			if seen[domain] || registered(domain) != domain {
				t.Errorf("%s: %s", p.name, domain)
			}
			seen[domain] = true
			f := find(spam("From: a@x.example\nReply-To: box@"+domain+"\n", "hello"), Options{DropBoxes: true})
			switch {
			case p.desk == "" && (len(f.Targets) > 0 || !strings.Contains(left(f), p.name) || !strings.Contains(left(f), p.form)):
				t.Errorf("%s: %+v", domain, f)
			case p.desk != "" && (len(f.Targets) != 1 || f.Targets[0].Query != p.desk || f.Targets[0].Name != "box@"+domain || f.Targets[0].Letter != "drop-box"):
				t.Errorf("%s: %+v", domain, f)
			}
		}
		if why, never := lookup.NeverMail(p.desk); p.desk != "" && never {
			t.Errorf("%s: %s", p.desk, why)
		}
		if p.form != "" && !strings.HasPrefix(p.form, "https://") || p.form != "" && p.desk != "" {
			t.Errorf("%s: %+v", p.name, p)
		}
	}
}

func TestCollectorsGetWhatTheyCollect(t *testing.T) {
	anyone := Recipient{Name: "any", Address: "any@collector.example"}
	phish := Recipient{Name: "phish", Address: "phish@collector.example", Phishing: true, Format: complaint.FormatARF}
	dutch := Recipient{Name: "dutch", Address: "nl@collector.example", Countries: []string{"nl"}}
	inc := spam("From: a@x.example\n", "hello")
	f := find(inc, Options{Extra: []Recipient{anyone, phish, dutch}})
	if said(f) != "extra fixed any@collector.example" || !strings.Contains(left(f), "collects phishing") || !strings.Contains(left(f), "from nl only") {
		t.Errorf("%s\n%s", said(f), left(f))
	}
	if target := f.Targets[0]; target.Letter != "collector" || target.Format != "text" {
		t.Errorf("%+v", target)
	}
	inc = spam("From: a@x.example\n", `<a href="http://paypal.evil.example/">x</a>`)
	inc.Lookup.Network.Country = "NL"
	f = find(inc, Options{Extra: []Recipient{phish, dutch}})
	if said(f) != "extra fixed phish@collector.example, extra fixed nl@collector.example" || f.Targets[0].Format != "arf" {
		t.Errorf("%s\n%s", said(f), left(f))
	}
}

func TestPresets(t *testing.T) {
	names := map[string]bool{}
	for _, p := range Presets {
		part := ""
		if strings.Contains(p.Address, "<") {
			part = "Abc123"
			if _, err := Preset(p.Name, ""); err == nil || !strings.Contains(err.Error(), "code") {
				t.Errorf("%s without its part: %v", p.Name, err)
			}
		} else if _, err := Preset(p.Name, "x"); err == nil {
			t.Errorf("%s took a part", p.Name)
		}
		r, err := Preset(p.Name, part)
		if err != nil || strings.ContainsAny(r.Address, "<> ") || strings.Count(r.Address, "@") != 1 {
			t.Errorf("%s: %+v %v", p.Name, r, err)
		}
		if why, never := lookup.NeverMail(r.Address); never {
			t.Errorf("%s: %s", r.Address, why)
		}
		if names[p.Name] {
			t.Errorf("%s twice", p.Name)
		}
		names[p.Name] = true
	}
	if r, err := Preset("spamcop", "Abc123"); err != nil || r.Address != "submit.Abc123@spam.spamcop.net" {
		t.Errorf("%+v %v", r, err)
	}
	for _, part := range []string{"a b", "a@b", "a\r\nBcc: x", "é"} {
		if _, err := Preset("spamcop", part); err == nil {
			t.Errorf("%q was taken", part)
		}
	}
	if _, err := Preset("nope", ""); err == nil || !strings.Contains(err.Error(), "apwg") {
		t.Errorf("%v", err)
	}
}

func TestPhishingIsToldFromOtherSpam(t *testing.T) {
	for name, tt := range map[string]struct{ fields, body, want string }{
		"a form that takes a password":     {"From: a@x.example\n", `<form action="http://evil.example/"><input type=password></form>`, "A form in it asks for a password"},
		"a form that takes a name":         {"From: a@x.example\n", `<form action="http://evil.example/"><input type=text></form>`, ""},
		"a link that shows a bank":         {"From: a@x.example\n", `<a href="http://evil.example/">www.paypal.com/login</a>`, "A link shows www.paypal.com and leads to evil.example."},
		"a link that shows where it leads": {"From: a@x.example\n", `<a href="http://evil.example/">www.evil.example</a>`, ""},
		"a link that shows a bank, through a click counter": {
			"From: a@x.example\n", `<a href="http://url1.shop.example/ls/click?upn=x">www.paypal.com</a>`, "",
		},
		"a link that shows a bank, through a scanner": {
			"From: a@x.example\n", `<a href="https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.paypal.com%2F">www.paypal.com</a>`, "",
		},
		"a host with a brand in it":          {"From: a@x.example\n", `<a href="http://paypal-login.evil.example/">x</a>`, "has paypal in its name"},
		"a host with digits for letters":     {"From: a@x.example\n", `<a href="http://paypa1.example/">x</a>`, "has paypal in its name"},
		"a host in letters in disguise":      {"From: a@x.example\n", `<a href="http://pаypаl.example/">x</a>`, "has paypal in its name"},
		"a brand at a service":               {"From: a@x.example\n", `<a href="http://metamask-io.netlify.app/">x</a>`, "has metamask in its name"},
		"the brand itself":                   {"From: a@x.example\n", `<a href="http://www.paypal.com/">x</a>`, ""},
		"a word that is a brand as well":     {"From: a@x.example\n", `<a href="http://apple-pie.example/">x</a>`, ""},
		"a brand inside another word":        {"From: a@x.example\n", `<a href="http://mydhlx.example/">x</a>`, ""},
		"a picture from a host like a brand": {"From: a@x.example\n", `<img src="http://paypal-pics.example/x.gif">`, ""},
		"a sender that calls itself so": {
			"From: PayPal Service <a@x.example>\nSubject: Please verify your account\n", `<a href="http://evil.example/">x</a>`, "calls itself paypal",
		},
		"in letters in disguise": {
			"From: 𝗣ауPal <a@x.example>\nSubject: Your account has been limited\n", `<a href="http://evil.example/">x</a>`, "calls itself paypal",
		},
		"that only sells something": {"From: PayPal fans <a@x.example>\nSubject: Shirts\n", `<a href="http://evil.example/">x</a>`, ""},
		"without a way to answer":   {"From: PayPal <a@x.example>\nSubject: verify your account\n", "call us", ""},
		"the recipient's own domain": {
			"From: IT <it@victim.example>\nSubject: unusual sign-in\n", `<a href="http://evil.example/">x</a>`, "the recipient's own domain",
		},
		"the password of a mailbox": {"From: a@x.example\nSubject: Your Password Expires today\n", `<a href="http://evil.example/">x</a>`, `("your password expires")`},
		"ordinary spam":             {"From: Shop <a@x.example>\nSubject: 50% off\n", `<a href="http://evil.example/">Buy</a>`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := find(spam(tt.fields, tt.body), Options{}).Phishing
			if (tt.want == "") != (got == "") || !strings.Contains(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestWhoeverIsVouchedForMayWriteSo(t *testing.T) {
	inc := spam("From: PayPal <service@paypal.com>\nSubject: verify your account\n", `<a href="http://www.evil.example/">x</a>`)
	inc.Message.Raw = append([]byte("Authentication-Results: mx.example.org; dmarc=pass header.from=paypal.com\n"), inc.Message.Raw...)
	if f := find(inc, Options{}); f.Phishing != "" {
		t.Error(f.Phishing)
	}
}

func TestEveryBrandAndEveryBait(t *testing.T) {
	for _, b := range brands() {
		if len(b.domains) == 0 || len(b.words) == 0 || b.name != strings.ToLower(b.name) {
			t.Errorf("%+v", b)
		}
		for d := range b.domains {
			if registered(d) != d && !strings.HasPrefix(d, "aws.") && d != "impots.gouv.fr" && d != "caixa.gov.br" && d != "bcb.gov.br" && d != "gov.uk" {
				t.Errorf("%s: %s", b.name, d)
			}
		}
		inc := spam("From: The "+b.name+" team <a@x.example>\nSubject: verify your account\n", `<a href="http://evil.example/">x</a>`)
		if f := find(inc, Options{}); !strings.Contains(f.Phishing, "calls itself") {
			t.Errorf("%s: %q", b.name, f.Phishing)
		}
		host := "http://" + strings.Join(b.words, "") + ".evil.example/"
		f := find(spam("From: a@x.example\n", `<a href="`+host+`">x</a>`), Options{})
		if b.inHosts != strings.Contains(f.Phishing, "in its name") && isHostLabel(strings.Join(b.words, "")) {
			t.Errorf("%s: %q", host, f.Phishing)
		}
	}
	for _, phrase := range rows("bait.txt") {
		text, mailbox := strings.CutPrefix(phrase, "!")
		inc := spam("From: DHL <a@x.example>\n", `<p>So `+text+` now</p><a href="http://evil.example/">x</a>`)
		if f := find(inc, Options{}); f.Phishing == "" {
			t.Errorf("%q is no bait", phrase)
		}
		inc = spam("From: a@x.example\n", `<p>So `+text+` now</p><a href="http://evil.example/">x</a>`)
		if f := find(inc, Options{}); mailbox != (f.Phishing != "") {
			t.Errorf("%q without a brand: %q", phrase, f.Phishing)
		}
	}
}

func isHostLabel(s string) bool {
	return !slices.ContainsFunc([]rune(s), func(r rune) bool { return r > 0x7f })
}
