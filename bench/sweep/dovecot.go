//go:build linux

package main

import (
	"context"
	_ "embed"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"text/template"
	"time"
)

// The mailbox that all contenders read.
const (
	user     = "load"
	password = "correct horse battery staple"
	folder   = "Junk"
	mailUID  = 20001 // owns the mail; it needs no entry in /etc/passwd
)

// The configuration of Dovecot 2.3. docs/performance.md shows it.
//
//go:embed dovecot.conf
var dovecotConf string

// dovecot is the server that all contenders read from.
type dovecot struct {
	cmd     *exec.Cmd
	address string
	port    string
}

// startDovecot fills the folder and starts the server.
func startDovecot(ctx context.Context, dir string, messages int) (*dovecot, error) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	d := &dovecot{address: listener.Addr().String()}
	_, d.port, _ = net.SplitHostPort(d.address)
	if err := errFirst(listener.Close(), d.configure(dir), fill(filepath.Join(dir, "mail/Maildir", "."+folder), messages)); err != nil {
		return nil, err
	}
	owned := exec.CommandContext(ctx, "chown", "-R", fmt.Sprintf("%d:%d", mailUID, mailUID), filepath.Join(dir, "mail"))
	if out, err := owned.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("chown: %w\n%s", err, out)
	}
	log, err := os.Create(filepath.Join(dir, "dovecot.log"))
	if err != nil {
		return nil, err
	}
	defer log.Close() // the child has its own descriptor
	d.cmd = exec.Command("dovecot", "-F", "-c", filepath.Join(dir, "dovecot.conf"))
	d.cmd.Env = append(os.Environ(), "PATH="+os.Getenv("PATH")+":/usr/sbin")
	if path, err := exec.LookPath("/usr/sbin/dovecot"); err == nil {
		d.cmd.Path, d.cmd.Err = path, nil
	}
	d.cmd.Stdout, d.cmd.Stderr = log, log
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := d.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start Dovecot (apt-get install dovecot-imapd): %w", err)
	}
	return d, d.wait(ctx, log.Name())
}

// wait returns when the server takes connections.
func (d *dovecot) wait(ctx context.Context, log string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for ; ; time.Sleep(20 * time.Millisecond) {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", d.address)
		if err == nil {
			return conn.Close()
		}
		if ctx.Err() != nil {
			said, _ := os.ReadFile(log)
			d.stop()
			return fmt.Errorf("dovecot does not listen: %w\n%s", err, said)
		}
	}
}

// stop ends the server and all of its processes.
func (d *dovecot) stop() {
	_ = syscall.Kill(-d.cmd.Process.Pid, syscall.SIGTERM)
	_ = d.cmd.Wait()
}

func (d *dovecot) configure(dir string) error {
	for _, sub := range []string{"run", "state", "mail"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return err
		}
	}
	return errFirst(
		os.WriteFile(filepath.Join(dir, "users"), []byte(user+":"+password+"\n"), 0o644),
		render(filepath.Join(dir, "dovecot.conf"), dovecotConf, map[string]any{"Dir": dir, "UID": mailUID, "Port": d.port}),
	)
}

// render writes a configuration file.
func render(file, text string, values map[string]any) error {
	var out strings.Builder
	if err := template.Must(template.New("").Parse(text)).Execute(&out, values); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(out.String()), 0o644)
}

func errFirst(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func dovecotVersion() string {
	out, _ := exec.Command("/usr/sbin/dovecot", "--version").Output()
	version, _, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	return version
}
