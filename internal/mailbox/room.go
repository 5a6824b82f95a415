package mailbox

// room is memory for what one FETCH of header blocks brings: they are small and
// many. It is used again for a later one, because to make it anew each time, and
// to collect it, costs as much as half of all that is done with a header.
type room struct {
	list  []Message
	slabs [][]byte // each of slabSize
	used  int      // how many of them are in use
	rest  []byte   // what is left of the last one
}

// slabSize is how much room is made at once.
const slabSize = 64 << 10

// take returns memory for a header block. A large one gets its own, and so does
// what a server sends beyond the budget of a FETCH.
func (r *room) take(size int64) []byte {
	if size > slabSize/4 {
		return make([]byte, size)
	}
	if int64(len(r.rest)) < size {
		if r.used*slabSize >= flightBudget {
			return make([]byte, size)
		}
		if r.used == len(r.slabs) {
			r.slabs = append(r.slabs, make([]byte, slabSize))
		}
		r.rest = r.slabs[r.used]
		r.used++
	}
	text := r.rest[:size:size]
	r.rest = r.rest[size:]
	return text
}

// clear ends the use of all that was taken.
func (r *room) clear() {
	clear(r.list)
	r.list, r.used, r.rest = r.list[:0], 0, nil
}
