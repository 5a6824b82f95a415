//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// load is what both servers get. It speaks as Postfix does when it relays: it
// sends MAIL, RCPT and DATA in one piece where it may, and keeps its sessions.
// Postfix's own generator, smtp-source, can do neither, nor log in.
type load struct {
	messages, sessions, size int
	user, password           string // no log-in when empty
	reconnect                bool   // a new session for each message
	pipelining               bool   // RFC 2920
	date                     string // of all messages
}

// answerTimeout is how long a server may take for one answer.
const answerTimeout = 2 * time.Minute

// run submits every message and returns how long that took. A message counts
// when the server has answered 250 to its last line.
func (l load) run(ctx context.Context, addr string) (time.Duration, error) {
	var next atomic.Int64
	var all sync.WaitGroup
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	body := l.body()
	l.date = time.Now().Format(time.RFC1123Z)
	start := time.Now()
	for range l.sessions {
		all.Go(func() {
			if err := l.session(ctx, addr, body, &next); err != nil {
				fail(err)
			}
		})
	}
	all.Wait()
	return time.Since(start), context.Cause(ctx)
}

// body is what follows the fields that differ from message to message.
func (l load) body() []byte {
	const line = "So long, and thanks for all the fish: this line says nothing, but it says it at length.\r\n"
	text := strings.Repeat(line, l.size/len(line)+1)
	return []byte("Subject: a message of the load\r\nFrom: <" + sender + ">\r\n\r\n" + text[:l.size] + "\r\n.\r\n")
}

const sender = "load@sender.example"

// session submits messages until none is left.
func (l load) session(ctx context.Context, addr string, body []byte, next *atomic.Int64) error {
	c := &client{replies: bufio.NewReaderSize(nil, 1<<10)}
	for ctx.Err() == nil {
		n := next.Add(1)
		if n > int64(l.messages) {
			break
		}
		if c.conn == nil {
			if err := c.begin(l, addr); err != nil {
				return err
			}
		}
		if err := c.submit(n, l, body); err != nil {
			return err
		}
		if l.reconnect {
			c.quit()
		}
	}
	if c.conn != nil {
		c.quit()
	}
	return nil
}

// client is one session, or several one after the other.
type client struct {
	conn    net.Conn
	replies *bufio.Reader
	text    []byte
}

// begin connects and logs in. It does without what costs a client time and tells
// nothing about a server: keep-alives, and a context for each step.
func (c *client) begin(l load, addr string) error {
	conn, err := (&net.Dialer{Timeout: answerTimeout, KeepAlive: -1}).Dial("tcp", addr)
	if err != nil {
		return err
	}
	c.conn = conn
	c.replies.Reset(conn)
	if err := conn.SetDeadline(time.Now().Add(answerTimeout)); err != nil {
		return err
	}
	if err := c.expect("220"); err != nil {
		return err
	}
	if err := c.command("250", "EHLO client.example\r\n"); err != nil || l.user == "" {
		return err
	}
	// RFC 4616: authorization identity, identity, password.
	secret := base64.StdEncoding.EncodeToString([]byte("\x00" + l.user + "\x00" + l.password))
	return c.command("235", "AUTH PLAIN "+secret+"\r\n")
}

// submit runs one transaction.
func (c *client) submit(n int64, l load, body []byte) error {
	if err := c.conn.SetDeadline(time.Now().Add(answerTimeout)); err != nil {
		return err
	}
	envelope := []string{
		"MAIL FROM:<" + sender + ">\r\n", fmt.Sprintf("RCPT TO:<r%d@recipient.example>\r\n", n), "DATA\r\n",
	}
	wants := []string{"250", "250", "354"}
	if l.pipelining {
		if err := c.send(envelope...); err != nil {
			return err
		}
	}
	for i, want := range wants {
		if !l.pipelining {
			if err := c.send(envelope[i]); err != nil {
				return err
			}
		}
		if err := c.expect(want); err != nil {
			return err
		}
	}
	c.text = fmt.Appendf(c.text[:0], "Message-ID: <load.%d@sender.example>\r\nDate: %s\r\n", n, l.date)
	c.text = append(c.text, body...)
	if _, err := c.conn.Write(c.text); err != nil {
		return err
	}
	return c.expect("250")
}

// send sends lines in one piece.
func (c *client) send(lines ...string) error {
	c.text = c.text[:0]
	for _, line := range lines {
		c.text = append(c.text, line...)
	}
	_, err := c.conn.Write(c.text)
	return err
}

func (c *client) command(want, line string) error {
	if err := c.send(line); err != nil {
		return err
	}
	return c.expect(want)
}

// expect reads one reply of one or more lines.
func (c *client) expect(want string) error {
	for {
		line, err := c.replies.ReadSlice('\n')
		if err != nil {
			return err
		}
		if !bytes.HasPrefix(line, []byte(want)) {
			return fmt.Errorf("the server said %q, want %s", line, want)
		}
		if len(line) > 3 && line[3] == ' ' {
			return nil
		}
	}
}

func (c *client) quit() {
	_ = c.command("221", "QUIT\r\n")
	_ = c.conn.Close()
	c.conn = nil
}
