// Package demo is a small world on loopback for `spamreport demo` and for
// tests: a mailbox with sample spam and ordinary mail (IMAP), registries
// (RDAP, WHOIS) and an abuse desk behind a smarthost (SMTP). They speak the
// real protocols, so that the program that runs against them is the same that
// runs in earnest; only addresses differ.
package demo
