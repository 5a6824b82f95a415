package relay

import (
	"bytes"
	"fmt"
	"testing"
)

func TestRecentTextsAreBounded(t *testing.T) {
	var r recent
	text := make([]byte, 64<<10)
	const many = 3 * recentOctets / (64 << 10)
	for n := range many {
		r.keep(fmt.Sprint(n), text)
	}
	if r.size > recentOctets || len(r.texts)*len(text) != r.size {
		t.Errorf("%d texts of %d octets are kept, at most %d octets may be", len(r.texts), r.size, recentOctets)
	}
	if r.take("0") != nil {
		t.Error("the oldest text is kept when there is no room")
	}
	if r.take(fmt.Sprint(many-1)) == nil {
		t.Error("the latest text is not kept")
	}
	r.keep("large", make([]byte, recentOctets))
	if r.take("large") != nil || r.take(fmt.Sprint(many-2)) == nil {
		t.Error("one large text takes the room of all others")
	}
}

func TestARecentTextIsHandedOverOnce(t *testing.T) {
	var r recent
	for n := range 10_000 {
		id := fmt.Sprint(n)
		r.keep(id, []byte(id))
		if got := r.take(id); !bytes.Equal(got, []byte(id)) {
			t.Fatalf("got %q for %s", got, id)
		}
		if got := r.take(id); got != nil {
			t.Fatalf("got %q for %s a second time", got, id)
		}
	}
	if r.size != 0 || len(r.order) > 3 {
		t.Errorf("%d octets and %d names are left of nothing", r.size, len(r.order))
	}
}
