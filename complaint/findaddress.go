package complaint

import (
	"regexp"
	"slices"
	"strings"
)

// addressPattern finds addresses in any text; it is generous, since hiding
// something that is none does little harm.
var addressPattern = regexp.MustCompile(`[\pL\pN.!#$%&'*+/=?^_{|}~-]{1,64}@[\pL\pN](?:[\pL\pN.-]{0,250}[\pL\pN])?`)

// findAddresses returns the addresses in a text, in lower case.
func findAddresses(text string) []string {
	if !strings.Contains(text, "@") {
		return nil // the pattern is slow to say so
	}
	found := addressPattern.FindAllString(text, maxSecrets)
	for i, a := range found {
		found[i] = strings.ToLower(strings.Trim(a, "'."))
	}
	return found
}

// isPrivateName reports whether a host name means something in one house only:
// alices-laptop, nas.fritz.box, host.lan.
func isPrivateName(name string) bool {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if name == "" || strings.HasPrefix(name, "[") || strings.Contains(name, ":") || isRole(name) || isTraceWord(name) {
		return false
	}
	_, last, dotted := cutLast(name, '.')
	if !dotted {
		return len(name) > 3
	}
	return slices.Contains(privateZones, last)
}
