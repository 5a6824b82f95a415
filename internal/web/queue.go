package web

import (
	"context"
	"fmt"
	"slices"
	"time"

	"spamreport/relay"
)

// everyState selects recipients whatever became of them.
var everyState = []relay.State{relay.Queued, relay.Retrying, relay.OnHold, relay.Delivered, relay.Failed, relay.Dropped}

// queueTabs are the parts of the queue.
var queueTabs = []struct {
	choice
	states []relay.State
	do     []choice // what can be done there
}{
	{choice{"", "Waiting"}, []relay.State{relay.Queued, relay.Retrying, relay.OnHold}, []choice{
		{"retry", "Retry now"}, {"hold", "Hold"}, {"release", "Release"}, {"drop", "Drop"},
	}},
	{choice{"failed", "Bounced"}, []relay.State{relay.Failed}, []choice{{"retry", "Retry now"}, {"drop", "Drop"}}},
	{choice{"delivered", "Delivered"}, []relay.State{relay.Delivered}, nil},
	{choice{"dropped", "Dropped"}, []relay.State{relay.Dropped}, nil},
}

// queueView is a part of the relay's queue.
type queueView struct {
	Items     []relay.Item
	Incidents map[string]string // by queue id
	State     string
	Tabs      []choice
	Do        []choice
	Next      string
}

func (s *Site) queue(v *visit) error {
	q := queueView{State: v.query("state")}
	var states []relay.State
	for _, tab := range queueTabs {
		q.Tabs = append(q.Tabs, tab.choice)
		if tab.Value == q.State {
			states, q.Do = tab.states, tab.do
		}
	}
	if states == nil {
		return refusal{fmt.Errorf("no mail of the queue is %q", q.State)}
	}
	ctx := v.r.Context()
	var err error
	filter := relay.Filter{States: states, Newest: true, Limit: perPage + 1} // one more tells of another page
	filter.Below.ID, filter.Below.Recipient = v.query("below"), v.query("recipient")
	q.Items, err = s.Store.Queue().List(ctx, filter)
	if err != nil {
		return err
	}
	if len(q.Items) > perPage {
		q.Items = q.Items[:perPage]
		query := v.r.URL.Query()
		query.Set("below", q.Items[perPage-1].ID)
		query.Set("recipient", q.Items[perPage-1].Recipient)
		q.Next = "/queue?" + query.Encode()
	}
	var ids []string
	for _, item := range q.Items {
		ids = append(ids, item.ID)
	}
	if q.Incidents, err = s.Store.Incidents(ctx, ids); err != nil {
		return err
	}
	return v.show("queue", "Queue", q)
}

// queueDeeds are what can be done to messages in the queue.
var queueDeeds = map[string]func(relay.Desk) func(context.Context, time.Time, ...string) (int, error){
	"retry":   func(d relay.Desk) func(context.Context, time.Time, ...string) (int, error) { return d.Retry },
	"hold":    func(d relay.Desk) func(context.Context, time.Time, ...string) (int, error) { return d.Hold },
	"release": func(d relay.Desk) func(context.Context, time.Time, ...string) (int, error) { return d.Release },
	"drop":    func(d relay.Desk) func(context.Context, time.Time, ...string) (int, error) { return d.Drop },
}

func (s *Site) changeQueue(v *visit) error {
	word := v.r.PostFormValue("do")
	do, known := queueDeeds[word]
	if !known {
		return errBadForm
	}
	back, err := queryText([]string{"state", v.r.PostForm.Get("state")})
	if err != nil {
		return err
	}
	ids := slices.Compact(slices.Sorted(slices.Values(v.r.PostForm["id"])))
	if len(ids) == 0 {
		v.regret("Nothing was ticked.")
		v.redirect("/queue" + back)
		return nil
	}
	n, err := do(s.Store.Queue())(v.r.Context(), s.Now(), ids...)
	if err != nil {
		return err
	}
	if word == "retry" || word == "release" {
		s.Deliver()
	}
	v.say(fmt.Sprintf("%s: %s.", word, plural(n, "recipient")))
	v.redirect("/queue" + back)
	return nil
}
