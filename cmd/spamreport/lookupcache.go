package main

import (
	"context"
	"encoding/json"
	"time"

	"spamreport/lookup"
)

func (a *app) listCache(ctx context.Context, desks *lookup.Client) error {
	entries, err := desks.Entries(ctx)
	if err != nil {
		return err
	}
	if a.json {
		return a.cacheJSON(entries)
	}
	var rows [][]string
	for _, e := range entries {
		contact := "nobody"
		if len(e.Result.Contacts) > 0 {
			contact = e.Result.Contacts[0].Email
		}
		rows = append(rows, []string{e.Key, e.Result.Network.Name, contact, e.Expires.Local().Format(time.DateTime)})
	}
	if len(rows) == 0 {
		a.say("Nothing is remembered.")
		return nil
	}
	return a.printer().Table([]string{"NETWORK", "NAME", "CONTACT", "UNTIL"}, rows)
}

// cacheJSON prints what is remembered, as it is kept.
func (a *app) cacheJSON(entries []lookup.Entry) error {
	enc := json.NewEncoder(a.stdout)
	for _, e := range entries {
		if err := enc.Encode(e); err != nil {
			return err
		}
	}
	return nil
}
