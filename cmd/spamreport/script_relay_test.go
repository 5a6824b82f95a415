package main

import (
	"net"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// cmdOneDay waits for the next day when this one ends before a script can.
func cmdOneDay(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: one-day")
	}
	const script = 2 * time.Minute // as long as one takes on a slow machine
	today := time.Now().UTC().Truncate(24 * time.Hour)
	if left := time.Until(today.Add(24 * time.Hour)); left < script {
		time.Sleep(left)
	}
}

// cmdListening waits until somebody listens on an address.
func cmdListening(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: listening ADDRESS")
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		conn, err := net.Dial("tcp", args[0])
		if err == nil {
			_ = conn.Close()
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("nobody listens: %v", err)
		}
	}
}
