package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"spamreport/bench/internal/measure"
)

// describe says what is measured.
func (b *bench) describe() {
	fmt.Printf("%d messages in %d folders, from %d networks; each process has %.2f of a core; median of %d rounds\n",
		b.messages, b.accounts*b.folders, b.networks, b.share, b.rounds)
	if b.registry > 0 {
		fmt.Printf("the registry answers after %v, the mailboxes after %v\n", b.registry, 2*b.cable)
	}
	fmt.Printf("%s; Dovecot %s; %s\n\n", machine(), version("dovecot", "--version"), version(postgres(), "--version"))
}

func postgres() string {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	return slices.Max(append(found, ""))
}

func version(program string, args ...string) string {
	out, err := exec.Command(program, args...).Output()
	if err != nil {
		return "of unknown version"
	}
	return strings.TrimSpace(string(out))
}

func (b *bench) report(rounds map[int][]figures) {
	fmt.Println("| processes | messages a second | cores of each | cores of everything | lookups |")
	fmt.Println("| --- | --- | --- | --- | --- |")
	for _, processes := range []int{1, 2} {
		r := rounds[processes]
		low, middle, high := spread(r, func(f figures) float64 { return f.rate })
		_, each, _ := spread(r, func(f figures) float64 { return f.each })
		_, all, _ := spread(r, func(f figures) float64 { return f.all })
		_, lookups, _ := spread(r, func(f figures) float64 { return float64(f.lookups) })
		fmt.Printf("| %d | %.0f (%.0f to %.0f) | %.2f | %.2f | %.0f |\n", processes, middle, low, high, each, all, lookups)
	}
	_, one, _ := spread(rounds[1], func(f figures) float64 { return f.rate })
	_, two, _ := spread(rounds[2], func(f figures) float64 { return f.rate })
	fmt.Printf("\nTwo reach %.2f times the rate of one.\n", two/one)
	what, goal := "serve: messages a second of two processes, each with a part of a core", "1.5"
	if b.registry > 0 {
		what, goal = "serve: messages a second of two processes, slow registry and mailboxes", "1.9"
	}
	measure.Ratio(what, "one process", two/one, goal)
}

// spread is the lowest, the middle and the highest value.
func spread(rounds []figures, of func(figures) float64) (low, middle, high float64) {
	values := make([]float64, len(rounds))
	for i, f := range rounds {
		values[i] = of(f)
	}
	slices.Sort(values)
	return values[0], values[len(values)/2], values[len(values)-1]
}
