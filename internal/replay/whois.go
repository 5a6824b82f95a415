package replay

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"strings"
	"sync"
	"time"
)

func (s *Server) serveWHOIS(ctx context.Context, host string, l net.Listener) {
	var open sync.WaitGroup
	defer open.Wait()
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		open.Go(func() {
			defer conn.Close()
			stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
			defer stop()
			s.answerWHOIS(ctx, host, conn)
		})
	}
}

// answerWHOIS is the whole protocol: one line in, text out, close (RFC 3912).
func (s *Server) answerWHOIS(ctx context.Context, host string, conn net.Conn) {
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	line, err := bufio.NewReader(io.LimitReader(conn, 1024)).ReadString('\n')
	if err != nil {
		return
	}
	line = strings.TrimSpace(line)
	f, _ := s.arrive(host, line)
	f.pause(ctx)
	text := s.whoisText(host, bareQuery(line))
	switch {
	case f.Reset:
		reset(conn)
		return
	case f.Huge > 0:
		filler(conn, f.Huge)
		return
	case f.Body != "":
		text = f.Body
	case f.Cut:
		// What a client sees of a cut answer is a connection that breaks.
		_, _ = io.WriteString(conn, text[:len(text)/2])
		reset(conn)
		return
	}
	_, _ = io.WriteString(conn, strings.ReplaceAll(text, "\n", "\r\n"))
}

func (s *Server) whoisText(host, query string) string {
	answers := s.registry.WHOIS[host]
	if key, ok := match(maps.Keys(answers), query); ok {
		return answers[key]
	}
	if host == IANA {
		if refer, ok := s.authority(query); ok {
			return fmt.Sprintf("%% IANA WHOIS server\n\nrefer:        %s\n\nsource:       IANA\n", refer)
		}
	}
	return "% No entries found for " + query + "\n"
}

// authority is the host that has an answer for the query.
func (s *Server) authority(query string) (string, bool) {
	for _, host := range slices.Sorted(maps.Keys(s.registry.WHOIS)) {
		if host == IANA {
			continue
		}
		if _, ok := match(maps.Keys(s.registry.WHOIS[host]), query); ok {
			return host, true
		}
	}
	return "", false
}

// bareQuery drops the flags of each registry's query language: "n + 192.0.2.1"
// (ARIN), "-T dn,ace shop.example" (DENIC), "192.0.2.1/e" (JPNIC).
func bareQuery(line string) string {
	fields := strings.Fields(line)
	if len(fields) == 0 {
		return ""
	}
	return strings.TrimSuffix(fields[len(fields)-1], "/e")
}
