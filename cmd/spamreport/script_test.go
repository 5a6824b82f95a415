package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"spamreport/internal/demo"
	"spamreport/internal/servertest"
	"spamreport/internal/store/storetest"
)

// testMain is the variable that makes this test binary the program itself.
const testMain = "SPAMREPORT_TEST_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(testMain) != "" {
		main() // exits
	}
	testscript.Main(m, map[string]func(){
		"spamreport": main,
		"sendmail":   main,
		"mailq":      main,
		"newaliases": main,
	})
}

// TestScripts runs testdata/script/*.txtar: each reads like a session at a
// shell. Every script has a world of its own on loopback (mailbox, registries,
// abuse desk) and a configuration that points at it; see worldConfig.
//
// Besides the commands of testscript there are:
//
//	desk N [PATTERN]   N messages have arrived at the abuse desks, and one
//	                   matches (with ! in front: none does)
//	arrive N FILE      the message in FILE comes into the INBOX; in it, @ID@, @TO@
//	                   and @INCIDENT@ (also $INCIDENT from then on) are those of
//	                   the Nth complaint at the desks
//	stop imap|smtp|registries, start smtp
//	one-day            no day ends for a while, so that what is counted by the day adds up
//	listening ADDRESS  somebody listens there; $LISTEN and $LISTEN2 are free
//	status N CMD…      the command ends with exit status N
//	mode FILE PERM     the file has these permissions
//	dns FILE           names are those in FILE from now on, lines of a zone file
//	make-big FILE MB   a spam message with an attachment of MB megabytes
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			if storetest.Postgres() {
				// Each script has a database of its own.
				env.Setenv("SPAMREPORT_DATABASE", storetest.Bare(t, env.WorkDir))
			}
			// Addresses that nobody listens on now.
			ports := servertest.FreePorts(t, 2)
			env.Setenv("LISTEN", servertest.Loopback(ports[0]))
			env.Setenv("LISTEN2", servertest.Loopback(ports[1]))
			return setUpWorld(env)
		},
		// Besides the conditions of testscript there are root, and postgres where
		// the state is on a server: a new state folder is no new state there.
		Condition: func(cond string) (bool, error) {
			return cond == "root" && os.Geteuid() == 0 || cond == "postgres" && storetest.Postgres(), nil
		},
		UpdateScripts: os.Getenv("SPAMREPORT_TEST_UPDATE") != "",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"desk": cmdDesk, "stop": cmdStop, "start": cmdStart, "status": cmdStatus, "mode": cmdMode, "make-big": cmdMakeBig,
			"arrive": cmdArrive, "dns": cmdDNS, "listening": cmdListening, "exchanger": cmdExchanger, "one-day": cmdOneDay,
		},
	})
}

type worldKey struct{}

func setUpWorld(env *testscript.Env) error {
	dir := filepath.Join(env.WorkDir, ".world")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	world, err := demo.Start(ctx, dir)
	if err != nil {
		cancel()
		return err
	}
	env.Defer(func() { cancel(); _ = world.Close() })
	env.Values[worldKey{}] = world
	env.Values[exchangerKey{}] = new(exchanger)
	env.Setenv("XDG_CONFIG_HOME", filepath.Join(env.WorkDir, "config"))
	env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, "state"))
	env.Setenv("HOME", env.WorkDir)
	env.Setenv("NO_COLOR", "1")
	env.Setenv("TZ", "UTC") // wherever the machine is
	env.Setenv("MAIL_PASSWORD", demo.Password)
	spam, err := demo.Spam(time.Now())
	if err != nil {
		return err
	}
	for i, raw := range spam {
		name := filepath.Join(env.WorkDir, fmt.Sprintf("spam%d.eml", i+1))
		if err := os.WriteFile(name, raw, 0o600); err != nil {
			return err
		}
	}
	return writeConfig(env, world.TOML())
}

func writeConfig(env *testscript.Env, text string) error {
	dir := filepath.Join(env.WorkDir, "config", "spamreport")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "config.toml"), []byte(text), 0o600)
}

func world(ts *testscript.TestScript) *demo.World { return ts.Value(worldKey{}).(*demo.World) }

func cmdDesk(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) == 0 || len(args) > 2 || (neg && len(args) == 1) {
		ts.Fatalf("usage: [!] desk N [PATTERN]")
	}
	got := world(ts).Deliveries()
	if want, err := strconv.Atoi(args[0]); err != nil || len(got) != want {
		ts.Fatalf("%d messages arrived at the desks, not %s", len(got), args[0])
	}
	if len(args) == 1 {
		return
	}
	pattern := regexp.MustCompile("(?m)" + args[1])
	found := false
	for _, d := range got {
		found = found || pattern.Match(bytes.ReplaceAll(d.Data, []byte("\r\n"), []byte("\n")))
	}
	if found == neg {
		ts.Fatalf("a match of %s among what arrived at the desks: %v", pattern, found)
	}
}

var incidentID = regexp.MustCompile(`SR-[0-9A-Z]{4}-[0-9A-Z]{4}`)

func cmdArrive(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: arrive N FILE")
	}
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	m, err := mail.ReadMessage(bytes.NewReader(world(ts).Deliveries()[n-1].Data))
	ts.Check(err)
	id := m.Header.Get("Message-Id")
	ts.Setenv("INCIDENT", incidentID.FindString(strings.ToUpper(id)))
	text := strings.NewReplacer(
		"@ID@", id, "@TO@", m.Header.Get("To"), "@INCIDENT@", ts.Getenv("INCIDENT"), "\n", "\r\n",
	).Replace(ts.ReadFile(args[1]))
	ts.Check(world(ts).Arrive("INBOX", []byte(text)))
}

func cmdStop(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: stop imap|smtp|registries")
	}
	w := world(ts)
	stop, ok := map[string]func() error{"imap": w.StopMailbox, "smtp": w.StopDesk, "registries": w.StopRegistries}[args[0]]
	if !ok {
		ts.Fatalf("there is no %s to stop", args[0])
	}
	ts.Check(stop())
}

func cmdStart(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 || args[0] != "smtp" {
		ts.Fatalf("usage: start smtp")
	}
	ts.Check(world(ts).StartDesk())
}

func cmdDNS(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: dns FILE")
	}
	server, err := servertest.StartDNS(strings.Split(strings.TrimSpace(ts.ReadFile(args[0])), "\n")...)
	ts.Check(err)
	ts.Defer(server.Stop)
	ts.Setenv("SPAMREPORT_DNS_SERVER", server.Addr)
}

func cmdStatus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N CMD…")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	if err != nil {
		var exit interface{ ExitCode() int }
		if e, ok := err.(interface{ ExitCode() int }); ok {
			exit = e
		}
		if exit == nil {
			ts.Fatalf("%v", err)
		}
		code = exit.ExitCode()
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit status %d, not %s", code, args[0])
	}
}

func cmdMode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: mode FILE PERM")
	}
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if got := fmt.Sprintf("%04o", info.Mode().Perm()); got != args[1] {
		ts.Fatalf("%s has mode %s, not %s", args[0], got, args[1])
	}
}

func cmdMakeBig(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: make-big FILE MB")
	}
	megabytes, err := strconv.Atoi(args[1])
	ts.Check(err)
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	defer func() { ts.Check(f.Close()) }()
	_, err = io.WriteString(f, "Received: from big.example.net (big.example.net [198.51.100.66])\r\n\tby mx.example.org (Postfix) with ESMTP id 4QxBIG;\r\n\t"+
		time.Now().Add(-time.Minute).Format(time.RFC1123Z)+"\r\nFrom: a@big.example.net\r\nTo: you@example.org\r\nSubject: big\r\n"+
		"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee the file.\r\n"+
		"--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=big.bin\r\n\r\n")
	ts.Check(err)
	line := strings.Repeat("QUFB", 19) + "\r\n"
	block := strings.Repeat(line, 1<<20/len(line))
	for range megabytes {
		_, err = io.WriteString(f, block)
		ts.Check(err)
	}
	_, err = io.WriteString(f, "--b--\r\n")
	ts.Check(err)
}
