package reputation_test

import (
	"testing"

	"spamreport/relay/reputation"
)

func TestTheScoreFallsWithBouncesAndComplaints(t *testing.T) {
	for _, tc := range []struct {
		name string
		n    reputation.Numbers
		want reputation.Score
	}{
		{"nothing sent yet", reputation.Numbers{}, reputation.Score{Percent: 100, Standing: reputation.Good}},
		{"all delivered", reputation.Numbers{Delivered: 5000}, reputation.Score{Percent: 100, Standing: reputation.Good}},
		{"one bounce among three is nothing yet", reputation.Numbers{Delivered: 2, Hard: 1}, reputation.Score{Percent: 90, Bounces: 1, Standing: reputation.Good}},
		{"2 % bounces", reputation.Numbers{Delivered: 980, Hard: 20}, reputation.Score{Percent: 80, Bounces: 2, Standing: reputation.Good}},
		{"5 % bounces", reputation.Numbers{Delivered: 950, Hard: 50}, reputation.Score{Percent: 50, Bounces: 5, Standing: reputation.Watch}},
		{"10 % bounces", reputation.Numbers{Delivered: 900, Hard: 100}, reputation.Score{Bounces: 10, Standing: reputation.Danger}},
		{"0.1 % complaints", reputation.Numbers{Delivered: 1000, Complaints: 1}, reputation.Score{Percent: 80, Complaints: 0.1, Standing: reputation.Watch}},
		{"0.5 % complaints", reputation.Numbers{Delivered: 1000, Complaints: 5}, reputation.Score{Complaints: 0.5, Standing: reputation.Danger}},
		{"both", reputation.Numbers{Delivered: 9800, Hard: 200, Complaints: 5}, reputation.Score{Percent: 69.8, Bounces: 2, Complaints: 0.05, Standing: reputation.Good}},
		{"blocks and full mailboxes are not held against it", reputation.Numbers{Delivered: 900, Block: 80, Soft: 20}, reputation.Score{Percent: 100, Standing: reputation.Good}},
		{"never below 0", reputation.Numbers{Hard: 1000, Delivered: 100, Complaints: 100}, reputation.Score{Bounces: 90.9, Complaints: 100, Standing: reputation.Danger}},
	} {
		if got := reputation.Of(tc.n); got != tc.want {
			t.Errorf("%s: %+v, not %+v", tc.name, got, tc.want)
		}
	}
}
