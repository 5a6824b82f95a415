package servertest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"text/template"

	"github.com/emersion/go-imap/v2/imapclient"
)

// DovecotPackages is what to install on Debian for Dovecot.
const DovecotPackages = "dovecot-imapd"

// DovecotSubmissionPackage is what else to install for DovecotOptions.Relay.
const DovecotSubmissionPackage = "dovecot-submissiond"

// The user of a DovecotServer whose options name none.
const (
	DovecotUser     = "spam@example.org"
	DovecotPassword = "correct horse"
)

// MailUID is the user that owns the mail and delivers it. It needs no entry in /etc/passwd.
const MailUID = 20001

// DovecotOptions says what a Dovecot should be like. The zero value is ready
// to use.
type DovecotOptions struct {
	Users      map[string]string // name → password; DovecotUser when nil
	RequireTLS bool              // no login without TLS (LOGINDISABLED), for those who come through a Proxy
	Capability string            // what the server says that it can, instead of the truth
	Mechanisms string            // SASL mechanisms, "plain" when empty
	Extra      string            // more lines of dovecot.conf
	Relay      string            // host:port of a server that takes the mail which users submit; empty: none may
}

// DovecotServer is a running Dovecot. Every user has the folders INBOX, Junk
// and Sent, more are made by Append and Create, all as maildirs.
type DovecotServer struct {
	Dir   string
	IMAP  string // host:port, plain text and STARTTLS
	IMAPS string // host:port, implicit TLS
	// Submission is host:port, STARTTLS and log-in required; see Relay.
	Submission string
	CA         *CA // signed the certificate, which is for 127.0.0.1 and localhost

	options DovecotOptions
	process *Process
}

// Dovecot starts a Dovecot, or skips the test (see RequireOrSkip).
func Dovecot(t testing.TB, options DovecotOptions) *DovecotServer {
	t.Helper()
	RequireOrSkip(t, DovecotPackages, "dovecot")
	requireDovecot23(t)
	if options.Users == nil {
		options.Users = map[string]string{DovecotUser: DovecotPassword}
	}
	if options.Relay != "" {
		RequireOrSkip(t, DovecotSubmissionPackage, "submission-login")
	}
	if options.Mechanisms == "" {
		options.Mechanisms = "plain"
	}
	dir := TempDir(t)
	ports := FreePorts(t, 3)
	d := &DovecotServer{
		Dir: dir, IMAP: Loopback(ports[0]), IMAPS: Loopback(ports[1]),
		CA: NewCA(t, dir), options: options,
	}
	if options.Relay != "" {
		d.Submission = Loopback(ports[2])
	}
	d.configure(t, ports)
	d.Start(t)
	return d
}

// requireDovecot23 refuses a Dovecot whose configuration is of another kind.
func requireDovecot23(t testing.TB) {
	t.Helper()
	program, err := FindProgram("dovecot")
	if err != nil {
		t.Fatal(err)
	}
	version, err := exec.Command(program, "--version").Output()
	if err != nil {
		t.Fatalf("dovecot --version: %v", err)
	}
	if !strings.HasPrefix(string(version), "2.3.") {
		unavailable(t, "this is Dovecot "+strings.TrimSpace(string(version))+", the tests configure Dovecot 2.3 (Debian 12)")
	}
}

// dovecotConf is dovecot.conf for Dovecot 2.3. Everything that Dovecot writes
// lies below Dir, so that several run side by side.
const dovecotConf = `
base_dir = {{.Dir}}/run
state_dir = {{.Dir}}/state
instance_name = {{.Dir}}
log_path = /dev/stderr
protocols = imap{{if .Relay}} submission{{end}}
listen = 127.0.0.1

ssl = {{if .RequireTLS}}required{{else}}yes{{end}}
ssl_cert = <{{.Cert}}
ssl_key = <{{.Key}}
auth_mechanisms = {{.Mechanisms}}
auth_failure_delay = 0
disable_plaintext_auth = {{if .RequireTLS}}yes{{else}}no{{end}}

passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {{.Dir}}/users
}
userdb {
  driver = static
  args = uid={{.UID}} gid={{.UID}} home={{.Dir}}/mail/%u
}
mail_location = maildir:~/Maildir
mail_fsync = never
mail_max_userip_connections = 100
namespace inbox {
  inbox = yes
  separator = /
  mailbox Junk {
    special_use = \Junk
    auto = create
  }
  mailbox Sent {
    special_use = \Sent
    auto = create
  }
}
service imap-login {
  inet_listener imap {
    port = {{.IMAP}}
  }
  inet_listener imaps {
    port = {{.IMAPS}}
    ssl = yes
  }
}
{{if .Relay}}submission_relay_host = {{.RelayHost}}
submission_relay_port = {{.RelayPort}}
service submission-login {
  inet_listener submission {
    port = {{.Submission}}
  }
}
{{end}}{{if .Capability}}imap_capability = {{.Capability}}
{{end}}{{.Extra}}
`

func (d *DovecotServer) configure(t testing.TB, ports []int) {
	t.Helper()
	cert, key := d.CA.Issue(t, d.Dir, "127.0.0.1", "localhost")
	for _, sub := range []string{"run", "state", "mail"} {
		if err := os.Mkdir(filepath.Join(d.Dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chown(filepath.Join(d.Dir, "mail"), MailUID, MailUID); err != nil {
		t.Fatal(err)
	}
	var users strings.Builder
	for name, password := range d.options.Users {
		users.WriteString(name + ":" + password + "\n")
	}
	WriteFile(t, filepath.Join(d.Dir, "users"), users.String())

	relayHost, relayPort, _ := strings.Cut(d.options.Relay, ":")
	var conf strings.Builder
	err := template.Must(template.New("dovecot.conf").Parse(dovecotConf)).Execute(&conf, struct {
		DovecotOptions
		Dir, Cert, Key, IMAP, IMAPS, Submission, RelayHost, RelayPort string
		UID                                                           int
	}{
		d.options, d.Dir, cert, key, strconv.Itoa(ports[0]), strconv.Itoa(ports[1]), strconv.Itoa(ports[2]), relayHost, relayPort, MailUID,
	})
	if err != nil {
		t.Fatal(err)
	}
	WriteFile(t, filepath.Join(d.Dir, "dovecot.conf"), conf.String())
}

// Start starts the server again after Stop, on the same ports and mail.
func (d *DovecotServer) Start(t testing.TB) {
	t.Helper()
	d.process = StartProcess(t, filepath.Join(d.Dir, "dovecot.log"), "dovecot", "-F", "-c", filepath.Join(d.Dir, "dovecot.conf"))
	WaitListening(t, d.IMAP, d.process.Log)
	WaitListening(t, d.IMAPS, d.process.Log)
	if d.Submission != "" {
		WaitListening(t, d.Submission, d.process.Log)
	}
}

// Stop ends the server and its connections.
func (d *DovecotServer) Stop() { d.process.Stop() }

// Log is what the server has said so far.
func (d *DovecotServer) Log() string { return d.process.Log() }

// login opens a connection of the test itself.
func (d *DovecotServer) login(t testing.TB, user string) *imapclient.Client {
	t.Helper()
	client, err := imapclient.DialTLS(d.IMAPS, &imapclient.Options{TLSConfig: d.CA.ClientConfig()})
	if err != nil {
		t.Fatalf("%v\n%s", err, d.Log())
	}
	if err := client.Login(user, d.options.Users[user]).Wait(); err != nil {
		t.Fatalf("log in as %s: %v\n%s", user, err, d.Log())
	}
	return client
}
