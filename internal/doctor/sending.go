package doctor

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"net"
	"strings"
	"time"

	"spamreport/internal/oauth"
	"spamreport/relay"
)

// smarthostFaults are what can be wrong on the way into the smarthost.
var smarthostFaults = faults{
	{relay.ErrAuthRefused, "check user and password in [relay]; with two-factor log-in, make an app password at the provider"},
	{oauth.ErrLogIn, "log in: spamreport login"},
	{relay.ErrCertificate, "have the certificate put right; if its authority is a private one, name it with ca_file in [relay]"},
	{relay.ErrPlaintext, `use a port with TLS: 587, or 465 with tls = "tls"`},
}

// smarthost logs in as a delivery does, and sends nothing.
func (s Setup) smarthost(ctx context.Context) []Result {
	service, err := s.Smarthost.Probe(ctx)
	if err != nil {
		do := cmp.Or(smarthostFaults.advice(err), "check smarthost and tls in [relay]; mail waits in the queue meanwhile")
		return one(fail(do, "%s", err))
	}
	text, expires := certificate(service.TLS, s.now())
	r := ok("%s: %s, %s, %s", s.Smarthost.Address, s.loggedIn(), text, sizeLimit(service))
	if expires {
		r.Status, r.Do = Warn, "have the certificate of the smarthost renewed"
	}
	if !service.EightBitMIME {
		r.Status, r.Do = Warn, "nothing for complaints, which are ASCII; other programs' mail with 8-bit text is refused"
		r.What += ", no 8BITMIME"
	}
	return one(r)
}

func (s Setup) loggedIn() string {
	if s.Smarthost.User == "" {
		return "answers, no log-in configured"
	}
	return "logged in as " + s.Smarthost.User
}

func sizeLimit(service relay.Service) string {
	if service.MaxSize == 0 {
		return "tells no limit of size"
	}
	return fmt.Sprintf("takes messages up to %d MB", service.MaxSize/1_000_000)
}

// openPort is what to do about a port that is blocked.
const openPort = `ask the provider of this machine to open outgoing port 25, or send through a smarthost: smarthost = "smtp.example.org:587" in [relay]`

// port25 sees whether mail exchangers can be reached. Many providers block the
// port to keep infected machines from sending.
func (s Setup) port25(ctx context.Context) []Result {
	exchangers, err := s.Resolver.LookupMX(ctx, absolute(s.ProbeDomain))
	if err != nil || len(exchangers) == 0 {
		return one(skip("cannot tell whether port 25 is open: no mail exchanger of %s found to try", s.ProbeDomain))
	}
	port := s.SMTPPort
	if port == "" {
		port = "25"
	}
	var failed error
	for _, mx := range exchangers[:min(len(exchangers), 3)] {
		host := strings.TrimSuffix(mx.Host, ".")
		greeting, err := s.greeting(ctx, host, port)
		switch {
		case err != nil:
			failed = fmt.Errorf("%s: %s", host, plainly(err))
		case strings.HasPrefix(greeting, "220"):
			return one(ok("port 25 is open: %s greets", host))
		default:
			return one(warn("see what the greeting says; a list may have the address of this machine", "%s refuses us: %s", host, greeting))
		}
	}
	return one(fail(openPort, "port %s is blocked on the way out, or nobody answers: %s", port, failed))
}

// greetingTimeout is short: a blocked port says nothing at all.
const greetingTimeout = 8 * time.Second

// greeting is the first line that a mail exchanger says.
func (s Setup) greeting(ctx context.Context, host, port string) (string, error) {
	dialer := net.Dialer{Timeout: greetingTimeout, Resolver: s.Resolver}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	if err := conn.SetDeadline(time.Now().Add(greetingTimeout)); err != nil {
		return "", err
	}
	line, err := bufio.NewReaderSize(conn, 512).ReadSlice('\n') // RFC 5321 §4.5.3.1.5
	if err != nil {
		return "", err
	}
	_, _ = conn.Write([]byte("QUIT\r\n"))
	return strings.TrimSpace(string(line)), nil
}
