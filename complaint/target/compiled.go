package target

import (
	"regexp"
	"sync"
)

// compiled is a regular expression that is compiled when it is used first: most
// runs of the program need few of them, and compiling all takes milliseconds.
func compiled(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}
