// Package config reads the settings of spamreport: one TOML file and the
// environment, checked once, before anything is dialled or sent.
//
// The struct [Config] is the only description of what can be set. Its tags
// carry the key, the default and the rule that a value must obey; the file
// reader, the environment and the tables of docs/configuration.md are all
// derived from it. To add a key, add a field: the tests then ask for its line
// in the starter file and in the documentation.
//
// A misspelt key that is silently ignored is a safety limit that is silently
// off. So nothing is ignored: an unknown key, a wrong type, a key that belongs
// to a later version and an unknown SPAMREPORT_ variable are all mistakes, and
// [Load] reports every [Mistake] that it can find at once, each with the line
// or the variable that it comes from:
//
//	config.toml:4: account.server: empty: write the IMAP server, like imap.example.org:993
//	config.toml:9: lookup.timeuot: unknown key; did you mean timeout?
//	SPAMREPORT_LOOKUP_TIMEOUT: "soon" is not a duration: write 10s, 5m, 2h or 30d
//
// What Load returns is complete: defaults are filled in, servers have ports,
// paths are resolved. Passwords are the exception: a [Secret] is fetched only
// when it is used, and never printed.
package config
