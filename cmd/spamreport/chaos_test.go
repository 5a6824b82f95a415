package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"spamreport/internal/servertest"
)

// relaySite is the relay as a process, with Postfix's smtp-sink behind it and
// smtp-source in front of it. Between it and smtp-source there is a tap that
// hears what the relay says.
type relaySite struct {
	t      *testing.T
	dir    string // of configuration and state
	sinkIn string // where the sink keeps what it takes
	sink   string // host:port
	listen string // host:port
	env    []string

	mu       sync.Mutex
	accepted map[string]bool // queue ids that smtp-source was told
	refused  map[string]int  // other answers to a message, by their code
	serving  *exec.Cmd
	sinking  *servertest.Process
}

const relaySiteConfig = `
[identity]
name = "Reports"
email = "load@sender.example"
[relay]
smarthost = %q
helo = "relay.example"
connections = %d
[relay.listen]
address = %q
loopback_user = "load"
[[relay.users]]
name = "load"
senders = ["*"]
`

// newRelaySite makes the site in dir, or in a folder of its own.
func newRelaySite(t *testing.T, dir string) *relaySite {
	t.Helper()
	servertest.RequireOrSkip(t, servertest.PostfixPackages, "smtp-source", "smtp-sink")
	if dir == "" {
		dir = servertest.TempDir(t)
	}
	ports := servertest.FreePorts(t, 2)
	s := &relaySite{
		t: t, dir: dir, sinkIn: servertest.TempDir(t), accepted: make(map[string]bool), refused: make(map[string]int),
		sink: servertest.Loopback(ports[0]), listen: servertest.Loopback(ports[1]),
	}
	if err := os.Chmod(s.sinkIn, 0o777); err != nil { // smtp-sink insists on not being root
		t.Fatal(err)
	}
	file := filepath.Join(dir, "config.toml")
	if err := os.WriteFile(file, fmt.Appendf(nil, relaySiteConfig, s.sink, atOnce, s.listen), 0o600); err != nil {
		t.Fatal(err)
	}
	s.env = append(os.Environ(), testMain+"=1", "SPAMREPORT_CONFIG="+file, "XDG_STATE_HOME="+dir, "HOME="+dir)
	s.startSink()
	return s
}

func (s *relaySite) startSink() {
	s.t.Helper()
	// One file for each message, in the folder that it changes its root to.
	s.sinking = servertest.StartProcess(s.t, filepath.Join(s.sinkIn, "log"), "smtp-sink",
		"-u", "nobody", "-R", s.sinkIn, "-d", "m.", s.sink, "1000")
	servertest.WaitListening(s.t, s.sink, s.sinking.Log)
}

func (s *relaySite) command(args ...string) *exec.Cmd {
	program, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	cmd := exec.CommandContext(s.t.Context(), program, args...)
	cmd.Env = s.env
	return cmd
}

// serve starts the relay.
func (s *relaySite) serve() {
	s.t.Helper()
	log, err := os.OpenFile(filepath.Join(s.sinkIn, "serve.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	s.serving = s.command("relay", "serve", "--quiet")
	s.serving.Stderr = log
	if err := s.serving.Start(); err != nil {
		s.t.Fatal(err)
	}
	servertest.WaitListening(s.t, s.listen, s.log)
}

func (s *relaySite) log() string {
	text, _ := os.ReadFile(filepath.Join(s.sinkIn, "serve.log"))
	return string(text[max(0, len(text)-4000):])
}

func (s *relaySite) kill() {
	s.t.Helper()
	if err := s.serving.Process.Kill(); err != nil {
		s.t.Errorf("the relay ended by itself: %v\n%s", err, s.log())
	}
	_ = s.serving.Wait()
}

// stop ends the relay as systemd would.
func (s *relaySite) stop() {
	s.t.Helper()
	if err := s.serving.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Error(err)
	}
	if err := s.serving.Wait(); err != nil {
		s.t.Errorf("the relay ended with %v\n%s", err, s.log())
	}
}

// told is what the relay says when it has accepted a message.
var told = regexp.MustCompile(`^250 2\.0\.0 queued as (\w+)`)

// tap listens for one smtp-source and passes everything on.
func (s *relaySite) tap() net.Listener {
	s.t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go s.pass(client)
		}
	}()
	return l
}

// pass passes on one session and notes what was accepted.
func (s *relaySite) pass(client net.Conn) {
	defer func() { _ = client.Close() }()
	server, err := net.Dial("tcp", s.listen)
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	go func() { _, _ = io.Copy(server, client) }()
	for replies := bufio.NewReader(server); ; {
		line, err := replies.ReadString('\n')
		if err != nil {
			return
		}
		s.hear(line)
		if _, err := io.WriteString(client, line); err != nil {
			return
		}
	}
}

func (s *relaySite) hear(reply string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id := told.FindStringSubmatch(reply); id != nil {
		s.accepted[id[1]] = true
	} else if reply[0] == '4' || reply[0] == '5' {
		s.refused[reply[:3]]++
	}
}

// source submits messages until it is told to stop, or has submitted n.
func (s *relaySite) source(n, octets int) (stop func()) {
	s.t.Helper()
	l := s.tap()
	program, err := servertest.FindProgram("smtp-source")
	if err != nil {
		s.t.Fatal(err)
	}
	cmd := exec.CommandContext(s.t.Context(), program, "-A", "-d", "-N", "-s", "8", "-m", strconv.Itoa(n), "-l", strconv.Itoa(octets),
		"-f", "load@sender.example", "-t", "r@recipient.example", l.Addr().String())
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	return func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = l.Close()
	}
}

// load waits until the relay has accepted something more of what is submitted:
// processes that share a machine with many others take their time to begin.
func (s *relaySite) load() {
	s.t.Helper()
	accepted := func() int {
		s.mu.Lock()
		defer s.mu.Unlock()
		return len(s.accepted)
	}
	before := accepted()
	for deadline := time.Now().Add(time.Minute); accepted() == before; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatalf("the relay accepts nothing\n%s", s.log())
		}
	}
}

// drain waits until nothing is left in the queue.
func (s *relaySite) drain() {
	s.t.Helper()
	// Its exit status says what became of the messages; the queue tells as well.
	_ = s.command("relay", "retry").Run()
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(100 * time.Millisecond) {
		out, err := s.command("relay", "queue", "--json").Output()
		if err != nil {
			s.t.Fatalf("relay queue: %v", err)
		}
		if len(out) == 0 {
			return
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("%d recipients are left in the queue\n%s\n%s", bytes.Count(out, []byte("\n")), out[:min(len(out), 1000)], s.log())
		}
	}
}

// ours is the trace field of the relay, with the queue id.
var ours = regexp.MustCompile(`(?s)\nReceived: from localhost\s.*? id (\w+);`)

// arrived returns what the sink took, by queue id.
func (s *relaySite) arrived() map[string][]string {
	s.t.Helper()
	all := make(map[string][]string)
	files, err := filepath.Glob(filepath.Join(s.sinkIn, "m.*"))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			s.t.Fatal(err)
		}
		at := ours.FindSubmatchIndex(text)
		if at == nil || !bytes.HasSuffix(text, []byte("\n\n")) {
			continue // it broke off
		}
		id := string(text[at[2]:at[3]])
		all[id] = append(all[id], string(text[at[0]:]))
	}
	return all
}

// check finds out what was lost and how much came twice.
func (s *relaySite) check() (accepted, lost, repeated int) {
	s.t.Helper()
	arrived := s.arrived()
	s.mu.Lock()
	defer s.mu.Unlock()
	for id := range s.accepted {
		if len(arrived[id]) == 0 {
			lost++
		}
	}
	if lost > 0 {
		s.t.Errorf("%d of %d accepted messages are lost\n%s", lost, len(s.accepted), s.log())
	}
	for id, copies := range arrived {
		repeated += len(copies) - 1
		for _, c := range copies[1:] {
			if c != copies[0] {
				s.t.Errorf("%s came in two versions:\n%q\n%q", id, copies[0], c)
			}
		}
	}
	return len(s.accepted), lost, repeated
}

// chaosRounds is how often something is broken: a few times with every test run,
// hundreds of times with make chaos.
const (
	chaosRounds   = "CHAOS_ROUNDS"
	fewRounds     = 15
	atOnce        = 8 // transactions that the relay has in flight, so that more are not repeated
	longestRound  = 250 * time.Millisecond
	chaosMessages = 100_000
)

func TestARelayKilledUnderLoadLosesNothingThatItAccepted(t *testing.T) {
	t.Parallel()
	n := rounds(t, fewRounds)
	s := newRelaySite(t, "")
	for range n {
		s.serve()
		stop := s.source(chaosMessages, 2000)
		s.load()
		time.Sleep(time.Duration(rand.Int64N(int64(longestRound))))
		s.kill()
		stop()
	}
	s.serve()
	s.drain()
	s.stop()
	accepted, lost, repeated := s.check()
	summary(t, "%d kills, %d messages accepted, %d lost, %d repeated", n, accepted, lost, repeated)
	if repeated > n*atOnce {
		t.Errorf("%d messages were repeated by %d kills", repeated, n)
	}
}

func TestARelayWhoseSmarthostGoesAwayDeliversWhenItIsBack(t *testing.T) {
	t.Parallel()
	s := newRelaySite(t, "")
	s.serve()
	defer s.stop()
	stop := s.source(chaosMessages, 2000)
	for range 2 {
		s.load()
		time.Sleep(longestRound)
		s.sinking.Stop()
		time.Sleep(longestRound)
		s.startSink()
	}
	stop()
	s.drain()
	accepted, lost, repeated := s.check()
	summary(t, "2 stops of the smarthost, %d messages accepted, %d lost, %d repeated", accepted, lost, repeated)
	if repeated > 2*atOnce {
		t.Errorf("%d messages were delivered twice", repeated)
	}
}

func TestARelayOnAFullDiskLosesNothingThatItAccepted(t *testing.T) {
	t.Parallel()
	s := newRelaySite(t, smallDisk(t, "16m"))
	s.sinking.Stop() // so that the queue grows
	s.serve()
	stop := s.source(chaosMessages, 20_000)
	full := func() bool { return strings.Contains(s.log(), "disk is full") }
	for deadline := time.Now().Add(time.Minute); !full(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the disk does not get full\n%s", s.log())
		}
	}
	// The load goes on while the disk is full, and a kill in between.
	time.Sleep(longestRound)
	s.kill()
	stop()
	s.startSink()
	s.serve()
	s.drain()
	s.stop()
	accepted, lost, repeated := s.check()
	summary(t, "%d messages of 20 KB accepted on 16 MB, %d lost, %d repeated; answers to others: %v", accepted, lost, repeated, s.refused)
	if accepted < 100 || repeated > 0 {
		t.Errorf("%d messages accepted, %d delivered twice", accepted, repeated)
	}
	if len(s.refused) != 1 || s.refused["452"] == 0 {
		t.Errorf("what did not fit was answered with %v", s.refused)
	}
}

func TestARelayWithADamagedMessageDeliversTheOthers(t *testing.T) {
	t.Parallel()
	s := newRelaySite(t, "")
	s.sinking.Stop()
	s.serve()
	const messages = 50
	for stop := s.source(messages, 20_000); ; time.Sleep(20 * time.Millisecond) {
		s.mu.Lock()
		n := len(s.accepted)
		s.mu.Unlock()
		if n == messages {
			stop()
			break
		}
	}
	s.stop()

	database := filepath.Join(s.dir, "spamreport", "spamreport.db")
	octets, err := os.ReadFile(database)
	if err != nil {
		t.Fatal(err)
	}
	text := bytes.Repeat([]byte("X"), 70)
	at := bytes.LastIndex(octets, text) // the first may be on a page that is not used any more
	if at < 0 {
		t.Fatal("no text in the database")
	}
	octets[at] = 'Y'
	if err := os.WriteFile(database, octets, 0o600); err != nil {
		t.Fatal(err)
	}

	s.startSink()
	s.serve()
	s.drain()
	s.stop()
	if n := len(s.arrived()); n != messages-1 {
		t.Errorf("%d of %d messages arrived", n, messages)
	}
	out, err := s.command("relay", "queue", "--all", "--json").Output()
	if err != nil || bytes.Count(out, []byte("the message is damaged in the queue")) != 1 {
		t.Errorf("the queue does not say which message is damaged: %v\n%s", err, out)
	}
}
