package config

import "errors"

// Complete fills in what Load fills in for an account (the port, the words for
// TLS), and says what is wrong with it.
func (a *Account) Complete() error {
	l := newLoader("", nil)
	l.checkAccount(a, "account")
	return errors.Join(l.mistakes...)
}

// Complete does the same for the relay.
func (r *Relay) Complete() error {
	l := newLoader("", nil)
	l.checkRelay(r)
	return errors.Join(l.mistakes...)
}
