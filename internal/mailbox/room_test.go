package mailbox

import "testing"

func TestARoomIsUsedAgainAndNotBeyondItsBudget(t *testing.T) {
	var r room
	first := r.take(100)
	if second := r.take(100); &first[0] == &second[0] || cap(first) != 100 {
		t.Error("two header blocks share memory")
	}
	r.clear()
	if again := r.take(100); &again[0] != &first[0] {
		t.Error("the memory is not used again")
	}
	r.clear()
	for range 2 * flightBudget / 1000 { // a server that sends the same header again and again
		r.take(1000)
	}
	if n := len(r.slabs) * slabSize; n != flightBudget {
		t.Errorf("it keeps %d octets, want %d", n, flightBudget)
	}
	r.clear()
	slabs := len(r.slabs)
	if large := r.take(slabSize); len(large) != slabSize || len(r.slabs) != slabs {
		t.Error("a large header block is kept with the small ones")
	}
}
