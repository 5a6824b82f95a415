package bounce

import (
	"mime"
	"regexp"
	"strings"
	"testing"
)

// kindOf reads a message made of a header and a text.
func kindOf(t *testing.T, header, text string) Reply {
	t.Helper()
	r, err := Read(strings.NewReader(header + "\nContent-Type: text/plain; charset=utf-8\n\n" + text + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func subject(s string) string { return "Subject: " + mime.QEncoding.Encode("utf-8", s) }

// The tables of words are tried row by row: each must be enough where it is
// meant to be, and none may make a message something else.
func TestEveryBounceWordWorks(t *testing.T) {
	for _, s := range bounceSubjects {
		if r := kindOf(t, "From: MAILER-DAEMON@a.example\n"+subject(s), "text"); r.Kind != Bounced {
			t.Errorf("a daemon's subject %q is %s", s, r.Kind)
		}
		if r := kindOf(t, "From: joe@a.example\n"+subject("Re: "+s), "text"); r.Kind == Bounced {
			t.Errorf("an answer to %q is a bounce", s)
		}
	}
	for _, d := range daemons {
		if r := kindOf(t, "From: \""+d+"\" <x@a.example>\n"+subject("Notice"), "Your message could not be delivered."); r.Kind != Bounced {
			t.Errorf("what %q writes is %s", d, r.Kind)
		}
	}
	for _, o := range offices {
		if r := kindOf(t, "From: \""+o+"\" <x@a.example>\n"+subject("Failure notice"), "Your message could not be delivered."); r.Kind != Bounced {
			t.Errorf("what %q writes is %s", o, r.Kind)
		}
	}
	for _, w := range bounceWords {
		if r := kindOf(t, "From: MAILER-DAEMON@a.example\n"+subject("Notice"), w); r.Kind != Bounced {
			t.Errorf("a daemon's words %q are %s", w, r.Kind)
		}
	}
}

func TestEveryAutomaticWordWorks(t *testing.T) {
	for _, s := range automaticSubjects {
		if r := kindOf(t, "From: joe@a.example\n"+subject(s+" Joe"), "text"); r.Kind != AutoReply {
			t.Errorf("the subject %q is %s", s, r.Kind)
		}
	}
	for _, w := range automaticWords {
		w = strings.ReplaceAll(w, "*", "x")
		if r := kindOf(t, "From: joe@a.example\nIn-Reply-To: <c1@example.org>\n"+subject("Re: x"), w); r.Kind != AutoReply {
			t.Errorf("the words %q are %s", w, r.Kind)
		}
	}
	for _, f := range automaticFields {
		value := "x"
		if f.values != nil {
			value = f.values[0] + "x"
		}
		if r := kindOf(t, "From: joe@a.example\n"+f.name+": "+value+"\n"+subject("x"), "text"); r.Kind != AutoReply {
			t.Errorf("with %s: %s it is %s", f.name, value, r.Kind)
		}
	}
}

func TestEveryTicketWordWorks(t *testing.T) {
	for _, w := range acknowledgements {
		if r := kindOf(t, "From: joe@a.example\n"+subject("[#12345] x"), w); r.Kind != Ticket || r.Ticket != "12345" {
			t.Errorf("the words %q under a number are %s", w, describe(r))
		}
	}
	for _, f := range ticketFields {
		if r := kindOf(t, "From: joe@a.example\n"+f+": a.example #12345\n"+subject("x"), "This is an automatic message."); r.Kind != Ticket || r.Ticket != "12345" {
			t.Errorf("with %s it is %s", f, describe(r))
		}
	}
}

func TestEveryFormWordWorks(t *testing.T) {
	for _, w := range formWords {
		if r := kindOf(t, "From: joe@a.example\nIn-Reply-To: <c1@example.org>\n"+subject("Re: x"), w+" https://a.example/x"); r.Form != "https://a.example/x" {
			t.Errorf("%q leads to %q", w, r.Form)
		}
	}
}

func TestEverySeparatorParts(t *testing.T) {
	for _, s := range separators {
		words, original := cutOriginal("words\n\n"+s+"\n\nthe rest", "")
		if strings.Contains(words, "rest") || !strings.Contains(original, "rest") {
			t.Errorf("%q parts nothing", s)
		}
	}
}

func TestEveryFormOfATicketHasACase(t *testing.T) {
	_, cases := messageCases(t)
	field := regexp.MustCompile(`(?m)^Subject: (.*)$`)
	for i, row := range ticketSubjects {
		found := false
		for _, c := range cases {
			s := withoutDecoys(field.FindStringSubmatch(c.message + "\nSubject: ")[1])
			found = found || row.pattern().MatchString(s) && strings.Contains(c.want, "ticket=")
			for _, earlier := range ticketSubjects[:i] {
				if earlier.pattern().MatchString(s) {
					found = false
				}
			}
			if found {
				break
			}
		}
		if !found {
			t.Errorf("no message in %s has a number in the form %q", messagesFile, row.name)
		}
	}
}
