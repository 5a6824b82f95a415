package submission

import "sync/atomic"

// budget bounds the octets that are held in memory at once.
type budget struct {
	limit int64
	used  atomic.Int64
}

// take asks for n octets more.
func (b *budget) take(n int64) bool {
	if b.used.Add(n) > b.limit {
		b.used.Add(-n)
		return false
	}
	return true
}

// give returns them.
func (b *budget) give(n int64) { b.used.Add(-n) }
