package config

import (
	"time"
)

// Complaint is what is filed, how much of it, and what is left out of it.
type Complaint struct {
	// Who lets a complaint go: review (a person, one by one) or auto.
	Approve string `toml:"approve" default:"review" check:"one of: review auto"`
	// What is complained about: source (the network that the mail came from), origin (the client that a provider at the source vouches for), links (whoever hosts what the message leads to; takes --dns or dns.ask), registrars (of the domains of links), dropbox (the provider of the address for answers), cfbl (the signer's own complaint address, RFC 9477; takes --dns or dns.ask), extra (those of [[complaint.extra]]).
	Targets []string `toml:"targets" default:"source" check:"one of: source origin links registrars dropbox cfbl extra"`
	// Format of the complaint: text, arf (RFC 5965) or xarf.
	Format string `toml:"format" default:"text" check:"one of: text arf xarf"`
	// Puts a paragraph in the language of the network's country before the letter, where there is one.
	Languages bool `toml:"languages" default:"false"`
	// Adds the reference of the complaint to the address for answers: reports+sr-7k3f-9q2m@example.org. Your mail server must know subaddressing (RFC 5233).
	TagReplies bool `toml:"tag_replies" default:"false"`
	// Hides your own addresses and other people's in the evidence.
	Redact bool `toml:"redact" default:"true"`
	// Key that makes hidden addresses recognisable to you alone; when absent, one is made and kept in the state folder.
	RedactKey Secret `secret:"redact_key"`
	// Further words to hide in the evidence: names, host names, account numbers.
	Secrets []string `toml:"secrets" check:"oneline"`
	// The most complaints that one abuse desk gets in a day; the rest goes out in one letter afterwards.
	PerContactPerDay int `toml:"per_contact_per_day" default:"20" check:"positive"`
	// How long further copies of a campaign from one network are counted on the complaint about its first message; 0s files one for each copy.
	MergeFor time.Duration `toml:"merge_for" default:"7d" check:"not negative"`
	// How long a desk is left alone about a network after a complaint about it; what comes in meanwhile goes out in one letter afterwards. 0s is no pause.
	CoolDown time.Duration `toml:"cool_down" default:"0s" check:"not negative"`
	// Reports also what a mailing list sent under its own name: mail that offers to unsubscribe and whose sender your server found to be genuine (DKIM, DMARC).
	Lists bool `toml:"lists" default:"false"`
	// Messages older than this are not reported, since desks cannot act on them; 0s reports every message.
	MaxAge time.Duration `toml:"max_age" default:"0s" check:"not negative"`
	// Reminds a desk that did not answer for so long, while further copies of what it was written about came in: once for each complaint. Must be shorter than merge_for; 0s reminds nobody. A good value: 5d.
	RemindAfter time.Duration `toml:"remind_after" default:"0s" check:"not negative"`
	// Writes to whoever gave a network its addresses, or announces them, when spam goes on so long after a complaint to its own desk: at most once for each network in that time. 0s writes to nobody. A good value: 14d.
	EscalateAfter time.Duration `toml:"escalate_after" default:"0s" check:"not negative"`
	// Domains of yours: nothing in them is complained about, and nobody there gets a complaint.
	OwnDomains []string `toml:"own_domains" check:"domain"`
	// Addresses and domains that never get a complaint.
	Never []string `toml:"never" check:"target"`
	// Desks that get another format or letter.
	Contacts []Contact `toml:"contact"`
	// Those who collect spam or phishing and get a copy of what concerns them.
	Extra []Extra `toml:"extra"`
}

// Extra is somebody who collects spam or phishing from the public.
type Extra struct {
	// One that is known: spamcop, apwg, netcraft, ncsc-uk, verbraucherzentrale-de, safeonweb-be, ncsc-ch or acma-au.
	Preset string `toml:"preset" check:"oneline"`
	// Your own part of its address, for presets that need one: that of spamcop.
	Code string `toml:"code" check:"oneline"`
	// The address, when it is none of the known ones.
	To string `toml:"to" check:"desk"`
	// Format for it: text, arf or xarf; text when absent.
	Format string `toml:"format" check:"one of: text arf xarf"`
	// What it wants: all, or phishing only. When absent, what the preset says; all without one.
	Only string `toml:"only" check:"one of: all phishing"`
}

// Contact is what one desk, or many, get instead of what all others get.
type Contact struct {
	// Whom this is for: an address, a domain with all below it, or "*". Of several that match, the most exact one that says something counts.
	Match string `toml:"match" check:"contact"`
	// Format for it: text, arf or xarf; that of [complaint] when absent.
	Format string `toml:"format" check:"one of: text arf xarf"`
	// Name of the letter for it, as in spamreport templates list; the one that fits the spam when absent.
	Template string `toml:"template" check:"oneline"`
}
