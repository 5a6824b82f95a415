package config

import "strings"

// laterKeys are keys that the documentation of the project promises and this
// version does not have yet. Taking them in silence would be a lie (a page
// that nobody serves), and "unknown key" would send people looking for a
// slip of the pen. A row goes when its feature comes.
var laterKeys = []struct {
	path string
	what string
}{
	{"relay.allow_plaintext", "send mail in the clear to another machine"},
}

// notYet returns the message for a key of a later version, or "".
func notYet(path string) string {
	for _, row := range laterKeys {
		if shown(path) == row.path {
			return "this version does not " + row.what + " yet; remove it"
		}
	}
	return ""
}

// notYetVariable is notYet for an environment variable.
func notYetVariable(name string) string {
	path := shownVariable(name)
	for _, row := range laterKeys {
		theirs := strings.ToUpper(strings.ReplaceAll(row.path, ".", "_"))
		if path == theirs || strings.HasPrefix(path, theirs+"_") {
			return "this version does not " + row.what + " yet; unset it"
		}
	}
	return ""
}
