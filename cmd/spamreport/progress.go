package main

import (
	"github.com/schollz/progressbar/v3"

	"spamreport/internal/term"
)

// progress shows on a terminal how long work goes on; elsewhere it is silent.
type progress struct{ bar *progressbar.ProgressBar }

// progress starts one, unless lines that are printed meanwhile would run into
// it. A total of -1 means that nobody knows how much comes.
func (a *app) progress(what string, total int64, prints bool) progress {
	if a.quiet || !term.IsTerminal(a.stderr) || prints && term.IsTerminal(a.stdout) {
		return progress{}
	}
	return progress{progressbar.NewOptions64(total,
		progressbar.OptionSetDescription(what), progressbar.OptionSetWriter(a.stderr), progressbar.OptionShowCount(),
		progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100e6),
		// Its spinner turns with the work. By itself it would turn from a goroutine
		// of the library's, which reads what Add writes without a lock.
		progressbar.OptionSetSpinnerChangeInterval(0))}
}

func (p progress) add() {
	if p.bar != nil {
		_ = p.bar.Add(1) // a bar that cannot be drawn stops nothing
	}
}

func (p progress) done() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}
