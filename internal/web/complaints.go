package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"spamreport/complaint"
	"spamreport/internal/followup"
	"spamreport/internal/store"
)

// choice is an option of a menu.
type choice struct{ Value, Text string }

// The words of the menus. "" is complaints that were filed, in any state.
var (
	actions = []choice{
		{"", "Complaints"},
		{"all", "All spam"},
		{string(complaint.Held), "Held"},
		{string(complaint.Merged), "Merged"},
		{string(complaint.Skipped), "Skipped"},
		{string(complaint.Deferred), "Deferred"},
		{string(complaint.Dropped), "Dropped"},
	}
	states = []choice{
		{"", "Any"},
		{string(followup.Filed), "Filed"},
		{string(followup.Delivered), "Delivered"},
		{string(followup.Bounced), "Bounced"},
		{string(followup.Acknowledged), "Acknowledged"},
		{string(followup.Answered), "Answered"},
		{string(followup.Resolved), "Resolved"},
		{string(followup.Ignored), "Ignored"},
	}
)

// filterView is what the fields above a list hold.
type filterView struct {
	Text, What, State, Contact, Network, Country string

	Actions, States []choice
}

func (s *Site) complaints(v *visit) error {
	f := filterView{
		Text: v.query("q"), What: v.query("what"), State: v.query("state"), Contact: v.query("contact"),
		Network: v.query("network"), Country: v.query("country"), Actions: actions, States: states,
	}
	known := func(word string) func(choice) bool { return func(c choice) bool { return c.Value == word } }
	if !slices.ContainsFunc(actions, known(f.What)) || !slices.ContainsFunc(states, known(f.State)) {
		return refusal{fmt.Errorf("there is no list of %q in state %q", f.What, f.State)}
	}
	filter := store.HistoryFilter{
		State: followup.State(f.State), Contact: f.Contact,
		Search: store.Search{Text: f.Text, Prefix: f.Network, Country: f.Country},
	}
	switch f.What {
	case "":
		filter.Filed = true
	case "all":
		filter.Messages = true
	default:
		filter.Action = complaint.Action(f.What)
	}
	list, err := s.list(v, "/complaints", filter)
	if err != nil {
		return err
	}
	list.Filter = f
	return v.show("complaints", "Complaints", list)
}

// list reads the page of a list that the address asks for.
func (s *Site) list(v *visit, path string, f store.HistoryFilter) (listView, error) {
	below, err := parsePosition(v.query("below"))
	if err != nil {
		return listView{}, refusal{err}
	}
	f.Below, f.Limit = below, perPage
	rows, more, err := s.Store.Page(v.r.Context(), f)
	list := listView{Rows: rows}
	if more {
		last := rows[len(rows)-1]
		query := v.r.URL.Query()
		query.Set("below", fmt.Sprintf("%d-%s", last.Seen.UnixMilli(), last.Digest))
		list.Next = path + "?" + query.Encode()
	}
	return list, err
}

// parsePosition reads where a page begins.
func parsePosition(text string) (store.Position, error) {
	if text == "" {
		return store.Position{}, nil
	}
	at, digest, _ := strings.Cut(text, "-")
	millis, err := strconv.ParseInt(at, 10, 64)
	if err != nil || digest == "" {
		return store.Position{}, fmt.Errorf("%q is no place in the list", text)
	}
	return store.Position{Seen: time.UnixMilli(millis), Digest: digest}, nil
}
