package servertest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestTwoDovecotsRunSideBySideAndKeepTheirMailOverARestart(t *testing.T) {
	one := Dovecot(t, DovecotOptions{})
	two := Dovecot(t, DovecotOptions{})
	message := []byte("Subject: hello\r\n\r\nbody\r\n")
	one.Append(t, DovecotUser, "Junk", message)

	if got := two.Messages(t, DovecotUser, "Junk"); len(got) != 0 {
		t.Errorf("the second server has mail of the first: %q", got)
	}
	firstLife := one.Log()
	one.Stop()
	untilStopped := one.Log()
	one.Start(t)
	got := one.Messages(t, DovecotUser, "Junk")
	if len(got) != 1 || string(got[0]) != string(message) {
		t.Errorf("after a restart the folder holds %q", got)
	}
	for uid, flags := range one.Flags(t, DovecotUser, "Junk") {
		if len(flags) != 0 {
			t.Errorf("message %d has flags %v", uid, flags)
		}
	}
	// Not what it says while it ends: its processes are told to at once, and the
	// one that is second to go may complain that the first is gone.
	secondLife := strings.TrimPrefix(one.Log(), untilStopped)
	for _, log := range []string{firstLife, secondLife} {
		if !strings.Contains(log, "Login: user=<"+DovecotUser+">") || strings.Contains(log, "Error:") || strings.Contains(log, "Fatal:") {
			t.Error(log)
		}
	}
}

// leashed tells the test binary, run by the test below, to start a server and
// wait to be killed.
const leashed = "SERVERTEST_LEASHED"

func TestAServerEndsWithAKilledTestBinary(t *testing.T) {
	if os.Getenv(leashed) == "1" {
		d := Dovecot(t, DovecotOptions{})
		d.login(t, DovecotUser)
		fmt.Println("listens on", d.IMAP, "below", d.Dir)
		select {}
	}
	RequireOrSkip(t, DovecotPackages, "dovecot")
	cmd := exec.Command(os.Args[0], "-test.run", t.Name())
	cmd.Env = append(os.Environ(), leashed+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var addr, dir string
	for in := bufio.NewScanner(out); addr == "" && in.Scan(); {
		_, _ = fmt.Sscanf(in.Text(), "listens on %s below %s", &addr, &dir)
	}
	if addr == "" {
		t.Fatal("the other test says nothing")
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) }) // nobody else can
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	for deadline := time.Now().Add(startTimeout); ; {
		// Seldom: a Dovecot that is knocked at takes seconds to end.
		time.Sleep(300 * time.Millisecond)
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			return
		}
		_ = conn.Close()
		if time.Now().After(deadline) {
			t.Fatalf("something still listens on %s", addr)
		}
	}
}

func TestAProxyCutsWhereItIsTold(t *testing.T) {
	target, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = target.Close() }()
	go func() {
		for {
			conn, err := target.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Write([]byte("0123456789"))
			_ = conn.Close()
		}
	}()
	p := NewProxy(t, target.Addr().String())
	for limit, want := range map[int64]string{-1: "0123456789", 0: "", 4: "0123", 100: "0123456789"} {
		p.CutAfter(limit)
		conn, err := net.Dial("tcp", p.Addr)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := io.ReadAll(conn); string(got) != want {
			t.Errorf("cut after %d: %q", limit, got)
		}
		_ = conn.Close()
	}
}
