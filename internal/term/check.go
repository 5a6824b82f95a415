package term

import "fmt"

var statusColor = map[string]string{"ok": "32", "warn": "33", "fail": "1;31", "skip": "2"}

// Check prints what a check found on one line, and below it what to do, when
// there is something.
func (p Printer) Check(status, name, what, do string) {
	fmt.Fprintf(p.W, "%s  %-32s  %s\n", p.paint(statusColor[status], fmt.Sprintf("%-4s", status)), Safe(name), Safe(what))
	if do != "" {
		fmt.Fprintf(p.W, "%40s→ %s\n", "", Safe(do))
	}
}
