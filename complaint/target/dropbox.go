package target

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"spamreport/complaint"
)

// maxDropBoxes bounds the accounts of one message.
const maxDropBoxes = 2

// dropBoxes are the accounts at which somebody waits for answers, other than
// the sender's: what advance-fee fraud lives from.
func (s *search) dropBoxes() {
	if !s.options.DropBoxes {
		return
	}
	found := 0
	for _, b := range s.answers() {
		p := accountsAt()[domainOf(b.account)]
		why := ""
		switch {
		case p == nil:
			why = "its domain is not one where anybody gets an account"
		case s.own.addresses[b.account]:
			why = "it is the recipient's own"
		case p.desk == "" && p.form != "":
			why = fmt.Sprintf("%s takes complaints about accounts on a page only, %s", p.name, p.form)
		case p.desk == "":
			why = fmt.Sprintf("no address is known at which %s takes complaints about accounts", p.name)
		case found == maxDropBoxes:
			why = fmt.Sprintf("%d accounts of a message are enough", maxDropBoxes)
		}
		if why != "" {
			s.skip(complaint.KindDropBox, b.account, sentence(b.account, why))
			continue
		}
		found++
		t := Target{How: Fixed, Query: p.desk, Count: 1}
		t.Kind, t.Name, t.Letter = complaint.KindDropBox, b.account, "drop-box"
		t.Reason = fmt.Sprintf("%s %s, an account at %s.", b.where, b.account, p.name)
		s.add(t)
	}
}

// box is an account that answers go to.
type box struct{ account, where string }

// answers are the accounts that the message wants answers at, and that it does
// not name as its sender.
func (s *search) answers() []box {
	senders := addresses(s.reading.Field("From"))
	var all []box
	add := func(account, where string) {
		account = strings.ToLower(account)
		known := slices.ContainsFunc(all, func(b box) bool { return b.account == account })
		if !known && !slices.Contains(senders, account) && len(all) < maxAddresses {
			all = append(all, box{account, where})
		}
	}
	for _, value := range s.reading.Fields("Reply-To") {
		for _, a := range addresses(value) {
			add(a, "Answers go by Reply-To to")
		}
	}
	for _, a := range invited(s.reading.Shown()) {
		// In a text, only an account that anybody can get says something.
		if accountsAt()[domainOf(a)] != nil {
			add(a, "The text asks for answers to")
		}
	}
	return all
}

// invitation is an address right behind words that ask to write to it. A row
// of the table needs a case in the tests.
var invitation = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)(?:` + strings.Join(invitations, "|") + `)[^.!?\n@]{0,60}?[\s:<("']([a-z0-9._%+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4})`)
})

// invitations are words that ask for an answer, in the languages of spam.
var invitations = []string{
	`reply\s+(?:me\s+|back\s+)?(?:to|at|via|on)`, `contact\s+(?:me|us|him|her|my|our|the)?`, `e-?mail\s+(?:me|us|him|her)`,
	`get\s+back\s+to\s+(?:me|us)`, `write\s+(?:to\s+)?(?:me|us)`, `respond\s+(?:to|via|at)`, `send\s+(?:me|us|your|the|it)`,
	`private\s+e-?mail`, `my\s+e-?mail`,
	`antworten\s+sie`, `kontaktieren\s+sie`, `schreiben\s+sie`,
	`contactez`, `répondez`, `écrivez`,
	`contáct[ae](?:me|nos|r)?`, `respond[ae]\s+a`, `escrib[ae](?:me|nos)?`,
	`entre\s+em\s+contato`, `responda\s+para`,
	`contatta(?:mi|ci|re)?`, `rispondi\s+a`,
	`свяжитесь`, `пишите`, `ответьте`,
}

func invited(text string) []string {
	var all []string
	for _, m := range invitation().FindAllStringSubmatch(text, 20) {
		all = append(all, strings.TrimRight(m[1], ".-"))
	}
	return all
}

// accountsAt finds a provider by the domain of an account.
var accountsAt = sync.OnceValue(func() map[string]*accountProvider {
	all := map[string]*accountProvider{}
	for i := range accountProviders {
		for domain := range strings.FieldsSeq(accountProviders[i].domains) {
			all[domain] = &accountProviders[i]
		}
	}
	return all
})

func domainOf(account string) string {
	return account[strings.LastIndexByte(account, '@')+1:]
}
