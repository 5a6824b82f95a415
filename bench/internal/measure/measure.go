// Package measure is what the programs below bench share: medians, and the
// lines in which make bench gathers their ratios.
package measure

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
)

// Median is the middle of what was measured; it sorts the values.
func Median[T cmp.Ordered](values []T) T {
	slices.Sort(values)
	return values[len(values)/2]
}

// Variable names the environment variable with the file that Ratio appends to.
const Variable = "BENCH_RATIOS"

// Ratio notes one row of the table that make bench prints in the end: how many
// times faster (or smaller) ours is than the peer, and the goal.
func Ratio(what, peer string, times float64, goal string) {
	Note(what, fmt.Sprintf("%.2f", times), peer, goal)
}

// Note writes a row whose figure is no ratio.
func Note(what, figure, peer, goal string) {
	name := os.Getenv(Variable)
	if name == "" {
		return
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err == nil {
		_, err = io.WriteString(f, fmt.Sprintf("| %s | %s | %s | %s |\n", what, figure, peer, goal))
		_ = f.Close() // a short write is an error of its own
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "the table of make bench lacks a row:", err)
	}
}
