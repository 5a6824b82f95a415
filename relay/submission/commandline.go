package submission

import (
	"bytes"
	"errors"
	"net"
	"os"
	"time"
)

// fetchCommand reads one command, or one answer of the client within AUTH.
func (g *gate) fetchCommand() error {
	if g.ending != "" {
		return g.end(g.ending)
	}
	if err := g.await(); err != nil {
		return err
	}
	line, err := g.readLine()
	g.mu.Lock()
	g.waiting = false
	stopping := g.stopping
	g.mu.Unlock()
	var timeout net.Error
	switch {
	case errors.Is(err, errLine):
		g.rude = true
		return g.end("500 5.5.2 " + err.Error())
	case errors.As(err, &timeout) && timeout.Timeout() && stopping:
		return g.end(replyStopping)
	case errors.As(err, &timeout) && timeout.Timeout():
		return g.end("421 4.4.2 time-out, closing the connection")
	case err != nil:
		return err
	}
	g.pass = line
	if g.reply == 334 {
		return nil // an answer within AUTH
	}
	g.commands++
	return g.inspect(string(line[:len(line)-2]))
}

// await prepares to wait for a command: replies go out, the clock starts.
func (g *gate) await() error {
	switch {
	case g.errors > g.mostErrors():
		return g.end("421 4.7.0 too many errors, closing the connection")
	case g.commands > g.limits.Commands:
		return g.end("421 4.7.0 too many commands without a message, closing the connection")
	}
	if !g.lineReady() {
		if err := g.flush(); err != nil {
			return err
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.stopping {
		return g.end(replyStopping)
	}
	g.waiting = true
	until := time.Now().Add(g.limits.Idle)
	if !g.known {
		until = g.began.Add(g.limits.Login)
	}
	return g.deadline(until)
}

// lineReady reports whether a whole line is there already, so that reading it
// waits for nobody.
func (g *gate) lineReady() bool {
	buffered, _ := g.in.Peek(g.in.Buffered()) // all there already
	return bytes.IndexByte(buffered, '\n') >= 0
}

func (g *gate) deadline(until time.Time) error {
	if err := g.SetReadDeadline(until); err != nil && !errors.Is(err, os.ErrNoDeadline) {
		return err
	}
	return nil
}
