package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"spamreport/internal/contract"
	"spamreport/relay"
)

func (a *app) queueCommand() *cobra.Command {
	var all bool
	var states []string
	var filter relay.Filter
	cmd := &cobra.Command{
		Use:   "queue",
		Short: "List the mail that waits to be sent",
		Args:  args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			filter.States, err = queueStates(states, all)
			if err = errors.Join(err, atLeastZero("--limit", filter.Limit)); err != nil {
				return &statusError{exitUsage, err}
			}
			return a.withStore(cmd, func(p *parts) error { return a.listQueue(cmd.Context(), p, filter) })
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&all, "all", false, "also what was delivered, refused or dropped")
	flags.StringSliceVar(&states, "state", nil, "only what is: "+joinStates(everyState()))
	flags.StringVar(&filter.From, "from", "", "only from an address or a domain")
	flags.StringVar(&filter.To, "to", "", "only to an address or a domain")
	flags.StringVar(&filter.User, "user", "", "only what this user handed in")
	flags.IntVar(&filter.Limit, "limit", 0, "at most so many recipients, those that wait longest; 0: all")
	return cmd
}

func everyState() []relay.State {
	return []relay.State{relay.Queued, relay.Retrying, relay.OnHold, relay.Delivered, relay.Failed, relay.Dropped}
}

// queueStates are the states to list; nil: those in which mail waits.
func queueStates(named []string, all bool) ([]relay.State, error) {
	if all && len(named) == 0 {
		return everyState(), nil
	}
	var states []relay.State
	for _, name := range named {
		if !slices.Contains(everyState(), relay.State(name)) {
			return nil, fmt.Errorf("--state %q: write one of %s", name, joinStates(everyState()))
		}
		states = append(states, relay.State(name))
	}
	return states, nil
}

func joinStates(states []relay.State) string {
	names := make([]string, len(states))
	for i, s := range states {
		names[i] = string(s)
	}
	return strings.Join(names, ", ")
}

func (a *app) listQueue(ctx context.Context, p *parts, filter relay.Filter) error {
	items, err := p.store.Queue().List(ctx, filter)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, i := range items {
		next := ""
		if !i.Next.IsZero() {
			next = i.Next.Local().Format(time.DateTime)
		}
		if a.json {
			if err := contract.Write(a.stdout, newQueueItem(i)); err != nil {
				return err
			}
			continue
		}
		rows = append(rows, []string{i.ID, i.Recipient, string(i.State), strconv.Itoa(i.Attempts), next, replyText(i.Reply)})
	}
	if a.json {
		return nil
	}
	if len(items) == 0 {
		a.say("%s", nothingQueued(filter))
		return nil
	}
	return a.printer().Table([]string{"ID", "RECIPIENT", "STATE", "ATTEMPTS", "NEXT", "LAST REPLY"}, rows)
}

func nothingQueued(f relay.Filter) string {
	if f.States == nil && f.From == "" && f.To == "" && f.User == "" {
		return "The queue is empty."
	}
	return "Nothing in the queue is like that."
}

func newQueueItem(i relay.Item) contract.QueueItem {
	doc := contract.QueueItem{
		ID: i.ID, From: i.From, Recipient: i.Recipient, Size: i.Size, State: string(i.State), Attempts: i.Attempts,
		Queued: i.Queued.UTC().Format(time.RFC3339), Reply: replyText(i.Reply),
	}
	if !i.Next.IsZero() {
		doc.Next = i.Next.UTC().Format(time.RFC3339)
	}
	return doc
}

func replyText(r relay.Reply) string {
	if r == (relay.Reply{}) {
		return ""
	}
	return fmt.Sprint(r)
}
