package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/spf13/cobra"

	"spamreport/lookup"
)

type lookupFlags struct {
	csv, refresh, cache, forget bool
}

func (a *app) lookupCommand() *cobra.Command {
	var flags lookupFlags
	cmd := &cobra.Command{
		Use:   "lookup IP|CIDR|DOMAIN|URL|ASN…",
		Short: "Find the network behind an address and the desk that acts on abuse there",
		Long: `lookup asks RDAP and WHOIS, once for each network: answers are kept. With "-" it
reads queries from standard input, one a line, and answers in their order.`,
		Example: `  spamreport lookup 192.0.2.7 example.org AS64500
  spamreport lookup --csv - < addresses.txt > desks.csv
  spamreport lookup --refresh 192.0.2.7      ask again, whatever is remembered
  spamreport lookup --cache                  what is remembered
  spamreport lookup --forget 192.0.2.7       no longer; without a query: nothing at all`,
		RunE: func(cmd *cobra.Command, queries []string) error {
			if len(queries) == 0 && !flags.cache && !flags.forget {
				return usage(cmd, errors.New("give an address, a domain, an AS number, or - for standard input"))
			}
			p, err := a.openForLookup(cmd.Context())
			if err != nil {
				return err
			}
			defer p.close()
			return a.lookup(cmd.Context(), p.desks, queries, flags)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&flags.csv, "csv", false, "print comma-separated values")
	f.BoolVar(&flags.refresh, "refresh", false, "ask the registries again")
	f.BoolVar(&flags.cache, "cache", false, "list what is remembered")
	f.BoolVar(&flags.forget, "forget", false, "forget what is remembered, of the queries or all")
	cmd.MarkFlagsMutuallyExclusive("refresh", "cache", "forget")
	return cmd
}

// openForLookup remembers answers where it can: a look-up needs no state, so
// it works without a folder to write to.
func (a *app) openForLookup(ctx context.Context) (*parts, error) {
	p, err := a.open(ctx, readWrite)
	if err == nil {
		return p, nil
	}
	p, second := a.open(ctx, readOnly)
	if second != nil {
		return nil, err
	}
	a.logger().Warn("answers are not remembered", "error", err)
	return p, nil
}

func (a *app) lookup(ctx context.Context, desks *lookup.Client, queries []string, flags lookupFlags) error {
	switch {
	case flags.forget:
		return desks.Forget(ctx, queries...)
	case flags.cache:
		return a.listCache(ctx, desks)
	}
	out := a.answerPrinter(flags.csv)
	var readErr error
	progress := a.progress("looked up", -1, true)
	code := exitDone
	for answer := range ordered(ctx, a.queries(queries, &readErr), starter(desks, flags.refresh)) {
		progress.add()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		code = max(code, lookupStatus(answer.err))
		if err := out.print(answer); err != nil {
			return err
		}
	}
	progress.done()
	if err := errors.Join(readErr, out.flush()); err != nil {
		return err
	}
	if code != exitDone {
		return &statusError{code: code}
	}
	return nil
}

// queries yields the arguments, and for "-" the lines of standard input.
func (a *app) queries(arguments []string, readErr *error) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, argument := range arguments {
			if argument != "-" {
				if !yield(argument) {
					return
				}
				continue
			}
			for query, err := range linesOf(a.stdin) {
				if errors.Is(err, bufio.ErrTooLong) {
					err = errors.New("a line of more than 64 KiB; write one address on each line")
				}
				if err != nil {
					*readErr = fmt.Errorf("read standard input: %w", err)
					return
				}
				if !yield(query) {
					return
				}
			}
		}
	}
}

// linesOf yields lines that are neither empty nor comments.
func linesOf(r io.Reader) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		lines := bufio.NewScanner(r)
		for lines.Scan() {
			line := strings.TrimSpace(lines.Text())
			if line != "" && !strings.HasPrefix(line, "#") && !yield(line, nil) {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield("", err)
		}
	}
}

func lookupStatus(err error) int {
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, lookup.ErrUnreachable):
		return exitTemporary
	}
	return exitFailed
}
