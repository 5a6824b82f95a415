package servertest

import (
	"bufio"
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// lookupTable is a table that Postfix asks over TCP (tcp_table(5)), so that a
// test can change it while the server runs.
type lookupTable struct {
	addr string

	mu     sync.Mutex
	values map[string]string
}

func newLookupTable(t testing.TB) *lookupTable {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	table := &lookupTable{addr: l.Addr().String(), values: make(map[string]string)}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go table.serve(conn)
		}
	}()
	return table
}

// set changes a value; an empty one removes the key.
func (l *lookupTable) set(key, value string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.values[key] = value
}

// serve answers the questions of one Postfix process until it hangs up.
func (l *lookupTable) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	questions := bufio.NewScanner(conn)
	for questions.Scan() {
		answer := "500 not found"
		escaped, _ := strings.CutPrefix(questions.Text(), "get ")
		key, err := url.PathUnescape(escaped)
		l.mu.Lock()
		value := l.values[key]
		l.mu.Unlock()
		if err == nil && value != "" {
			answer = "200 " + strings.NewReplacer("%", "%25", " ", "%20").Replace(value)
		}
		if _, err := fmt.Fprintf(conn, "%s\n", answer); err != nil {
			return
		}
	}
}
