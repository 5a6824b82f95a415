package submission

import (
	"slices"
	"strconv"
	"strings"
)

// webVerbs begin the requests of a browser that was talked into speaking to
// us. Postfix ends such sessions as well (smtpd_forbidden_commands).
var webVerbs = []string{"GET", "POST", "PUT", "HEAD", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE", "HOST:", "CONTENT-TYPE:"}

// inspect decides on a command before the library sees it. The command is in
// g.pass; inspect takes it away when the library must not have it.
func (g *gate) inspect(command string) error {
	verb, rest, _ := strings.Cut(command, " ")
	g.verb, g.command = strings.ToUpper(verb), command
	switch {
	case slices.Contains(webVerbs, g.verb):
		g.rude = true
		return g.end("554 5.5.1 this is a mail server")
	case strings.HasPrefix(g.verb, "STARTTLS"):
		return g.startTLS(command)
	case g.verb == "BDAT":
		return g.startChunk(rest)
	case g.verb == "MAIL" || g.verb == "RSET" || g.verb == "EHLO" || g.verb == "HELO":
		g.chunks = 0
	}
	return nil
}

// answer replies to a command in place of the library.
func (g *gate) answer(code int, text string) error {
	g.pass = nil
	g.note(code, true)
	g.out = append(g.out, strconv.Itoa(code)+" "+text+"\r\n"...)
	return nil
}

// startTLS ends the session in the clear. What was sent behind the command
// came over a connection that anybody could write into, and a client that did
// so is attacked or broken (RFC 3207 §6).
func (g *gate) startTLS(command string) error {
	switch {
	case !strings.EqualFold(command, "STARTTLS"):
		return g.answer(501, "5.5.4 STARTTLS has no parameters")
	case !g.offerTLS:
		return g.answer(502, "5.5.1 STARTTLS is not available here")
	case g.in.Buffered() > 0:
		g.rude = true
		return g.end("554 5.5.1 nothing may follow STARTTLS before the answer to it")
	}
	g.upgrade = true
	return g.end("220 2.0.0 go ahead")
}

// startChunk reads the size of a chunk (RFC 3030 §2). The library takes in
// exactly as many octets, whether it accepts them or not. Where the size
// cannot be read, nobody knows where the next command begins.
func (g *gate) startChunk(arguments string) error {
	words := strings.Fields(arguments)
	last := len(words) == 2 && strings.EqualFold(words[1], "LAST")
	if len(words) == 0 || len(words) > 2 || len(words) == 2 && !last {
		g.rude = true
		return g.end("501 5.5.4 syntax: BDAT size [LAST]")
	}
	size, err := strconv.ParseUint(words[0], 10, 32)
	if err != nil {
		g.rude = true
		return g.end("501 5.5.4 syntax: BDAT size [LAST]")
	}
	g.chunk = int64(size)
	g.chunks += g.chunk
	if g.chunks > g.limits.Message {
		g.rude = true
		return g.end("552 5.3.4 message too large")
	}
	if last {
		g.chunks, g.commands, g.errors = 0, 0, 0
	}
	return nil
}
