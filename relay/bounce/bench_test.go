package bounce

import (
	"strings"
	"testing"
)

func BenchmarkClassify(b *testing.B) {
	_, cases := replyCases(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		c := cases[i%len(cases)]
		Classify(c.code, c.enhanced, c.text)
	}
}

func BenchmarkRead(b *testing.B) {
	_, cases := messageCases(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := Read(strings.NewReader(cases[i%len(cases)].message)); err != nil {
			b.Fatal(err)
		}
	}
}
