package bounce

import "testing"

func BenchmarkClassify(b *testing.B) {
	_, cases := replyCases(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		c := cases[i%len(cases)]
		Classify(c.code, c.enhanced, c.text)
	}
}
