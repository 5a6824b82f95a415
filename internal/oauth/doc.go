// Package oauth logs in to mail servers that take no password (RFC 6749).
//
// A person allows the program once, in a browser; the program gets a refresh
// token, and with it, from then on, access tokens that are good for about an
// hour. Servers take those in place of a password (RFC 7628).
//
//	Client.Browser   the browser is on this machine, or its answer is pasted (RFC 8252, with PKCE, RFC 7636)
//	Client.Device    a code is typed in on any machine (RFC 8628)
//	Source.Token     an access token that is good now
//
// The tokens lie in one file for each log-in, readable by its owner alone. A
// provider may hand out a new refresh token with each use and void the old one
// (RFC 6749 §6), so the file is locked while it is renewed: of two programs
// that need a new token at the same time, the second one finds that of the
// first.
//
// There is no client ID in this program: whoever runs it registers one with
// the provider. What providers need for it is in docs/oauth2.md.
package oauth
