package config

import "testing"

func TestRates(t *testing.T) {
	for text, want := range map[string]float64{
		"2/s": 2, "5 / second": 5, "60/minute": 1, "30/min": 0.5, "3600/hour": 1, "36/h": 0.01, "86400/day": 1, "1000000/s": 1e6,
	} {
		if got, err := ParseRate(text); err != nil || got != want {
			t.Errorf("%s: got %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "2", "/s", "2/", "0/s", "-1/s", "0.5/s", "2/week", "2/s/s", "1000001/s", "2/S"} {
		if got, err := ParseRate(text); err == nil {
			t.Errorf("%q is taken for %v a second", text, got)
		}
	}
}
