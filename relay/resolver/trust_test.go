package resolver

import "testing"

func TestWhichServersAreTrusted(t *testing.T) {
	tests := []struct {
		name    string
		client  Client
		server  string
		trusted bool
	}{
		{"on this machine", Client{}, "127.0.0.53:53", true},
		{"on this machine, IPv6", Client{}, "[::1]:53", true},
		{"elsewhere", Client{}, "192.168.1.1:53", false},
		{"by a name, which says nothing", Client{}, "localhost:53", false},
		{"elsewhere, and the operator says so", Client{Trusted: true}, "192.168.1.1:53", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.client.trusts(test.server); got != test.trusted {
				t.Errorf("%v", got)
			}
		})
	}
}
