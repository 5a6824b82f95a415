package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"

	"spamreport/relay"
)

// withAddresses checks all addresses before anything is done with one.
func (a *app) withAddresses(ctx context.Context, given []string, do func(*parts, []string) error) error {
	addresses, err := a.addresses(given)
	if err != nil {
		return &statusError{exitUsage, err}
	}
	p, err := a.open(ctx, readWrite)
	if err != nil {
		return err
	}
	defer p.close()
	return do(p, addresses)
}

// mostAddresses is how much of a list is read, in octets.
const mostAddresses = 64 << 20

// addresses are those of the arguments, or of standard input.
func (a *app) addresses(given []string) ([]string, error) {
	if len(given) == 1 && given[0] == "-" {
		given = nil
		lines := bufio.NewScanner(io.LimitReader(a.stdin, mostAddresses))
		for lines.Scan() {
			if line := strings.TrimSpace(lines.Text()); line != "" && line[0] != '#' {
				given = append(given, line)
			}
		}
		if err := lines.Err(); err != nil {
			return nil, fmt.Errorf("read standard input: %w", err)
		}
	}
	all := make([]string, len(given))
	for i, s := range given {
		address, err := relay.ParseAddress(s, "")
		if err != nil {
			return nil, err
		}
		all[i] = address
	}
	return all, nil
}
