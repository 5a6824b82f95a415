package submission_test

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"spamreport/internal/servertest"
	"spamreport/internal/store"
	"spamreport/relay"
	"spamreport/relay/dkim"
	"spamreport/relay/submission"
)

// clientPackages is what to install on Debian for these tests.
const clientPackages = "swaks msmtp git-email python3 libnet-ssleay-perl libio-socket-ssl-perl libauthen-sasl-perl"

// post is the whole way: a client, our server, our queue on disk, our delivery
// and a Postfix.
type post struct {
	*world
	relay   *relay.Relay
	postfix *servertest.PostfixServer
	dir     string
	records map[string]string // of the keys that sign, for verifiers
}

func newPost(t *testing.T) *post {
	t.Helper()
	p := &post{postfix: servertest.Postfix(t, servertest.PostfixOptions{}), dir: t.TempDir(), records: map[string]string{}}
	db, err := store.Open(t.Context(), filepath.Join(p.dir, "relay.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	p.relay = &relay.Relay{
		Queue:  db.Queue(),
		Route:  &relay.Smarthost{Address: p.postfix.SMTP, TLS: relay.TLSNone, HELO: "relay.example"},
		Signer: p.newSigner(t),
	}
	users := db.RelayUsers()
	if err := users.Add(t.Context(), alice, aliceHash); err != nil {
		t.Fatal(err)
	}
	p.world = start(t, func(s *submission.Server) { s.Queue, s.Users = p.relay, users })
	return p
}

func (p *post) newSigner(t *testing.T) relay.Signer {
	t.Helper()
	var keys []dkim.Key
	for selector, algorithm := range map[string]dkim.Algorithm{"mail": dkim.RSA, "mail-ed25519": dkim.Ed25519} {
		key, err := dkim.Generate("example.org", selector, algorithm)
		if err != nil {
			t.Fatal(err)
		}
		keys, p.records[key.Name()] = append(keys, key), key.Record()
	}
	signer, err := dkim.NewSigner(keys...)
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

// hardBody has what clients and servers get wrong: letters beyond ASCII, dots
// at the beginning of lines, a long line, a line that says From, blanks at the
// end.
var hardBody = "Grüße aus Köln\n.\n..\n.leading\nFrom the beginning\n" + strings.Repeat("long ", 190) + "\nblank \n\nend\n"

// client is a program that sends mail. It sends as alice to the recipient,
// which stands for itself in its arguments: {to}, {port}, {tls port}, {ca},
// {file} (the message), {password file}, {script}.
type client struct {
	name   string
	args   string
	stdin  bool // gets the message there
	script string
}

var clients = []client{
	{
		name: "swaks over STARTTLS",
		args: "swaks --server localhost:{port} --tls --tls-ca-path {ca} --tls-verify --auth PLAIN --auth-user alice@example.org --auth-password correct_horse --from alice@example.org --to {to} --data @{file}",
	},
	{
		name: "swaks with LOGIN over implicit TLS",
		args: "swaks --server localhost:{tls port} --tls-on-connect --auth LOGIN --auth-user alice@example.org --auth-password correct_horse --from alice@example.org --to {to} --data @{file}",
	},
	{
		name: "msmtp over STARTTLS", stdin: true,
		args: "msmtp --file= --host=localhost --port={port} --tls=on --tls-starttls=on --tls-trust-file={ca} --auth=plain --user=alice@example.org --passwordeval={password_command} --from=alice@example.org {to}",
	},
	{
		name: "msmtp over implicit TLS", stdin: true,
		args: "msmtp --file= --host=localhost --port={tls port} --tls=on --tls-starttls=off --tls-trust-file={ca} --auth=login --user=alice@example.org --passwordeval={password_command} --from=alice@example.org {to}",
	},
	{
		name: "git send-email over STARTTLS",
		args: "git -c user.name=Alice -c user.email=alice@example.org send-email --confirm=never --quiet --suppress-cc=all --from=alice@example.org --to={to} --smtp-server=localhost --smtp-server-port={port} --smtp-encryption=tls --smtp-ssl-cert-path={ca} --smtp-user=alice@example.org --smtp-pass=correct_horse --transfer-encoding=8bit --8bit-encoding=UTF-8 {file}",
	},
	{
		name: "Python's smtplib over STARTTLS",
		args: "python3 {script} {port} {to} {ca} {file}",
		script: `
import smtplib, ssl, sys
port, to, ca, file = sys.argv[1:]
with smtplib.SMTP("localhost", int(port)) as s:
    s.starttls(context=ssl.create_default_context(cafile=ca))
    s.login("alice@example.org", "correct_horse")
    s.sendmail("alice@example.org", [to], open(file, "rb").read().replace(b"\n", b"\r\n"), ["BODY=8BITMIME"])
`,
	},
	{
		name: "Python's smtplib over implicit TLS",
		args: "python3 {script} {tls port} {to} {ca} {file}",
		script: `
import email, smtplib, ssl, sys
port, to, ca, file = sys.argv[1:]
with smtplib.SMTP_SSL("localhost", int(port), context=ssl.create_default_context(cafile=ca)) as s:
    s.login("alice@example.org", "correct_horse")
    s.send_message(email.message_from_bytes(open(file, "rb").read()), to_addrs=[to])
`,
	},
}

func TestRealClientsSendThroughUsToARealPostfix(t *testing.T) {
	t.Parallel()
	// git finds its commands in a folder of its own.
	gitFolder, _ := exec.Command("git", "--exec-path").Output()
	gitSendEmail := filepath.Join(strings.TrimSpace(string(gitFolder)), "git-send-email")
	servertest.RequireOrSkip(t, clientPackages, "swaks", "msmtp", gitSendEmail, "python3")
	p := newPost(t)
	for i, c := range clients {
		t.Run(c.name, func(t *testing.T) {
			to := fmt.Sprintf("desk%d@example.net", i)
			p.run(t, c, to)
			report, err := p.relay.Flush(t.Context())
			if err != nil || report.Delivered < 1 {
				t.Fatalf("%+v, %v", report, err)
			}
			arrived := p.postfix.WaitMail(t, to, 1)[0]
			header, body, _ := bytes.Cut(arrived, []byte("\n\n"))
			// swaks adds empty lines, and Python guards From as in an mbox.
			got := strings.ReplaceAll(strings.TrimRight(string(body), "\n")+"\n", "\n>From ", "\nFrom ")
			if got != hardBody {
				t.Errorf("arrived as\n%s\nwant\n%s", body, hardBody)
			}
			for _, want := range []string{"\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=", "\nMessage-ID: <", "\nDate: ", "(authenticated)\n\tby relay.example (spamreport) with ESMTPSA id "} {
				if !bytes.Contains(bytes.ToLower(header), bytes.ToLower([]byte(want))) {
					t.Errorf("no %q in\n%s", want, header)
				}
			}
			if bytes.Contains(header, []byte("hidden@example.net")) {
				t.Errorf("a Bcc was given away:\n%s", header)
			}
			verdicts := servertest.VerifyDKIM(t, arrived, p.records)
			slices.Sort(verdicts)
			want := []string{
				"dkimpy ed25519-sha256 mail-ed25519 pass", "dkimpy rsa-sha256 mail pass",
				"opendkim ed25519-sha256 mail-ed25519 pass", "opendkim rsa-sha256 mail pass",
			}
			if !slices.Equal(verdicts, want) {
				t.Errorf("%q", verdicts)
			}
		})
	}
}

func (p *post) run(t *testing.T, c client, to string) {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	file := write("message.eml", "From: alice@example.org\nTo: "+to+"\nBcc: hidden@example.net\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\n"+
		"MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"+hardBody)
	_, port, _ := net.SplitHostPort(p.addr)
	_, tlsPort, _ := net.SplitHostPort(p.tlsAddr)
	fill := strings.NewReplacer("{to}", to, "{port}", port, "{tls port}", tlsPort, "{ca}", p.ca.File, "{file}", file,
		"{password_command}", "cat "+write("password", password+"\n"), "{script}", write("send.py", c.script))
	var args []string
	for arg := range strings.FieldsSeq(strings.ReplaceAll(c.args, "{tls port}", "{tlsport}")) {
		arg = strings.ReplaceAll(arg, "{tlsport}", "{tls port}")
		args = append(args, fill.Replace(arg))
	}
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+dir, "GIT_CONFIG_NOSYSTEM=1", "XDG_CONFIG_HOME="+dir)
	if c.stdin {
		cmd.Stdin = strings.NewReader(readFile(t, file))
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", args[0], err, out)
	}
}

func readFile(t testing.TB, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestAClientLearnsWhyItWasRefused(t *testing.T) {
	t.Parallel()
	servertest.RequireOrSkip(t, clientPackages, "python3")
	w := start(t, nil)
	_, port, _ := net.SplitHostPort(w.addr)
	script := filepath.Join(t.TempDir(), "refused.py")
	err := os.WriteFile(script, []byte(`
import smtplib, sys
s = smtplib.SMTP("localhost", int(sys.argv[1]))
s.login("alice@example.org", "correct_horse")
for sender, text in (("bob@example.org", b"Subject: x\r\n\r\nx"), ("alice@example.org", b"From: bob@example.org\r\n\r\nx")):
    try:
        s.sendmail(sender, ["desk@example.net"], text)
        print("taken")
    except smtplib.SMTPSenderRefused as e:
        print("sender", e.smtp_code, e.smtp_error.decode())
    except smtplib.SMTPDataError as e:
        print("text", e.smtp_code, e.smtp_error.decode())
s.sendmail("alice@example.org", ["m\u00fcller@example.net"], b"Subject: x\r\n\r\nx", mail_options=["SMTPUTF8"])
s.quit()
`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "python3", script, port).CombinedOutput()
	want := "sender 550 5.7.1 user alice@example.org may not send as bob@example.org\n" +
		"text 550 5.7.1 user alice@example.org may not write as bob@example.org in From\n"
	if err != nil || string(out) != want {
		t.Errorf("%v\n%s\nwant\n%s", err, out, want)
	}
	if got := w.queue.all(); len(got) != 1 || got[0].Envelope.To[0] != "müller@example.net" || !got[0].Envelope.UTF8 {
		t.Errorf("queued %+v", got)
	}
}
