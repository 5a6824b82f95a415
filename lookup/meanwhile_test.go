package lookup

import (
	"testing"
	"time"

	"spamreport/internal/replay"
)

// What another lookup learns while this one waits for its turn is the answer, also
// when it is forgotten at that moment.
func TestWhatIsLearnedMeanwhileCountsThoughItIsForgotten(t *testing.T) {
	srv, err := replay.Start(t.Context(), replay.Sample())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(srv.Close)
	for _, via := range []string{ViaRDAP, ViaWHOIS} {
		c, err := New(Options{RDAPBootstrap: srv.BootstrapURL(), WHOISHosts: srv.WHOISHosts(), Order: []string{via}})
		if err != nil {
			t.Fatal(err)
		}
		q, err := parseQuery("192.0.2.7")
		if err != nil {
			t.Fatal(err)
		}
		learned := &remembered{served: Result{Contacts: []Contact{{Email: "abuse@isp.example"}}}}
		learned.entry.Expires = time.Now().Add(time.Hour)
		r, err := c.ask(t.Context(), q, func() *remembered { return learned }, nil)
		if err != nil || len(r.Contacts) != 1 || r.Contacts[0].Email != "abuse@isp.example" {
			t.Errorf("%s: %v, %v", via, r.Contacts, err)
		}
	}
	if n := srv.Count(replay.RDAP) + srv.Count("whois.ripe.net"); n != 0 {
		t.Errorf("%d queries about what is known", n)
	}
}
