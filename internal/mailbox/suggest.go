package mailbox

import (
	"fmt"
	"strings"
)

// maxSuggested is how many folders an error message names.
const maxSuggested = 20

// junkNames are what mail programs and providers call the folder for spam when
// the server does not say which it is.
var junkNames = []string{"junk", "spam", "bulk mail", "junk e-mail", "junk email", "unerwünscht", "indésirables", "pourriel"}

// suggest says which folder was perhaps meant, and which there are.
func suggest(wanted string, folders []FolderInfo) string {
	var meant, names []string
	for _, f := range folders {
		if !f.Selectable {
			continue
		}
		if len(names) < maxSuggested {
			names = append(names, fmt.Sprintf("%q", f.Name))
		}
		if f.SpecialUse == `\Junk` || looksAlike(wanted, f.Name) {
			meant = append(meant, fmt.Sprintf("%q", f.Name))
		}
	}
	if len(names) == 0 {
		return "there are no folders"
	}
	text := "there are " + strings.Join(names, ", ")
	if len(folders) > maxSuggested {
		text += " and others"
	}
	if len(meant) > 0 {
		text = "perhaps " + strings.Join(meant, " or ") + " is meant; " + text
	}
	return text
}

// looksAlike compares names without their parent folders and their case.
func looksAlike(a, b string) bool {
	a, b = strings.ToLower(lastPart(a)), strings.ToLower(lastPart(b))
	return a == b || isJunkName(a) && isJunkName(b)
}

func lastPart(name string) string {
	return name[strings.LastIndexAny(name, "./")+1:]
}

// IsJunkName reports whether a folder is called as those for spam mostly are.
func IsJunkName(name string) bool { return isJunkName(strings.ToLower(lastPart(name))) }

func isJunkName(name string) bool {
	for _, junk := range junkNames {
		if name == junk {
			return true
		}
	}
	return false
}
