package followup_test

import (
	"testing"
	"time"

	"spamreport/internal/followup"
	"spamreport/relay"
	"spamreport/relay/bounce"
)

func TestTheLifeOfAComplaint(t *testing.T) {
	noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	at := func(r followup.Reply, hours int) followup.Reply {
		r.Received = noon.Add(time.Duration(hours) * time.Hour)
		r.Recorded = r.Received
		return r
	}
	var (
		person  = followup.Reply{Kind: bounce.Answer}
		ticket  = followup.Reply{Kind: bounce.Ticket, Ticket: "7"}
		away    = followup.Reply{Kind: bounce.AutoReply, URL: "https://isp.example/form"}
		soft    = followup.Reply{Kind: bounce.Bounced, Class: bounce.Soft}
		expired = followup.Reply{Kind: bounce.Bounced, Class: bounce.Soft, Reason: bounce.Expired, Status: "4.4.7"}
		full    = followup.Reply{Kind: bounce.Bounced, Class: bounce.Soft, Status: "5.2.2"}
		block   = followup.Reply{Kind: bounce.Bounced, Class: bounce.Block}
		gone    = followup.Reply{Kind: bounce.Bounced, Class: bounce.Hard, Gone: "old@isp.example"}
	)
	course := followup.Course{Contact: "abuse@isp.example", Filed: noon, Delivery: relay.Delivered}
	closed := course
	closed.Outcome, closed.Closed = followup.Resolved, noon.Add(10*time.Hour)
	for name, tc := range map[string]struct {
		course  followup.Course
		replies []followup.Reply
		want    followup.State
	}{
		"none was filed":                   {followup.Course{}, []followup.Reply{person}, ""},
		"on its way":                       {followup.Course{Filed: noon, Delivery: relay.Retrying}, nil, followup.Filed},
		"taken":                            {course, nil, followup.Delivered},
		"refused":                          {followup.Course{Filed: noon, Delivery: relay.Failed}, nil, followup.Bounced},
		"a server tries on":                {course, []followup.Reply{soft}, followup.Delivered},
		"a server gave up":                 {course, []followup.Reply{soft, expired}, followup.Bounced},
		"a mailbox stays full":             {course, []followup.Reply{full}, followup.Bounced},
		"blocked":                          {course, []followup.Reply{block}, followup.Bounced},
		"the contact before was gone":      {course, []followup.Reply{gone}, followup.Delivered},
		"acknowledged":                     {course, []followup.Reply{ticket}, followup.Acknowledged},
		"one of the desk's people is gone": {course, []followup.Reply{away, block}, followup.Acknowledged},
		"answered":                         {course, []followup.Reply{ticket, person, away}, followup.Answered},
		"closed":                           {closed, []followup.Reply{at(person, 1)}, followup.Resolved},
		"closed, and answered again":       {closed, []followup.Reply{at(person, 1), at(person, 11)}, followup.Answered},
		"closed, and acknowledged again":   {closed, []followup.Reply{at(ticket, 11)}, followup.Resolved},
	} {
		if got := tc.course.Life(tc.replies); got.State != tc.want {
			t.Errorf("%s: %q, want %q", name, got.State, tc.want)
		}
	}

	course.LastSpam = noon.Add(-time.Hour)
	life := course.Life([]followup.Reply{at(person, 5), at(ticket, 2), at(away, 9)})
	want := followup.Life{
		State: followup.Answered, Ticket: "7", URL: "https://isp.example/form", Replies: 3, People: 1,
		Answered: noon.Add(2 * time.Hour), LastSpam: course.LastSpam, Quiet: true, Filed: noon,
	}
	if life != want {
		t.Errorf("%+v", life)
	}
	course.LastSpam = noon.Add(time.Hour)
	if course.Life(nil).Quiet {
		t.Error("a network that goes on is called quiet")
	}
}

func TestQuietCountsFromTheComplaint(t *testing.T) {
	const day = 24 * time.Hour
	noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	for name, tc := range map[string]struct {
		lastSpam, now time.Duration // from the complaint on
		want          string
	}{
		"filed now about spam of long ago": {-811 * day, time.Minute, "delivered"},
		"a day later":                      {-811 * day, 36 * time.Hour, "delivered, quiet for 1 day"},
		"twelve days later":                {-time.Hour, 12*day + time.Hour, "delivered, quiet for 12 days"},
		"spam that came since":             {time.Hour, 12 * day, "delivered, spam goes on"},
	} {
		course := followup.Course{Filed: noon, Delivery: relay.Delivered, LastSpam: noon.Add(tc.lastSpam)}
		if got := course.Life(nil).Sentence(noon.Add(tc.now)); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}
