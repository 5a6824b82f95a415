//go:build linux

package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"text/template"
)

// The configuration of Postfix. docs/performance.md shows it.
//
//go:embed postfix.cf
var postfixCF string

// postfixMaster is master.cf: Debian's, without the services that take no part.
const postfixMaster = `
%s inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`

// postfixSASL is smtpd.conf of Cyrus SASL: a password file, no daemon.
const postfixSASL = `
pwcheck_method: auxprop
auxprop_plugin: sasldb
sasldb_path: %s/conf/sasl/users.db
mech_list: PLAIN
`

// startPostfix starts a Postfix of its own in dir.
func startPostfix(dir, listen, smarthost string, l load) (*process, error) {
	return runPostfix(dir, listen, smarthost, "", l)
}

// startOpenPostfix starts one that takes mail without a log-in.
func startOpenPostfix(dir, listen, smarthost string, l load) (*process, error) {
	return runPostfix(dir, listen, smarthost, "mynetworks = 127.0.0.0/8\n", l)
}

func runPostfix(dir, listen, smarthost, more string, l load) (*process, error) {
	if err := configurePostfix(dir, listen, smarthost, more, l); err != nil {
		return nil, err
	}
	postfix, err := find("postfix")
	if err != nil {
		return nil, err
	}
	// This makes the folders of the queue.
	if out, err := exec.Command(postfix, "-c", dir+"/conf", "check").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("postfix check: %w\n%s", err, out)
	}
	master, err := find("master")
	if err != nil {
		return nil, err
	}
	return start(dir+"/log", master, "-c", dir+"/conf", "-s")
}

func configurePostfix(dir, listen, smarthost, more string, l load) error {
	for _, folder := range []string{"conf/sasl", "queue", "data"} {
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o755); err != nil {
			return err
		}
	}
	host, port, _ := strings.Cut(smarthost, ":")
	var main bytes.Buffer
	err := template.Must(template.New("").Parse(postfixCF)).Execute(&main, map[string]string{
		"Dir": dir, "Smarthost": "[" + host + "]:" + port,
	})
	if err != nil {
		return err
	}
	for name, text := range map[string]string{
		"main.cf": main.String() + more, "master.cf": fmt.Sprintf(postfixMaster, listen),
		"sasl/smtpd.conf": fmt.Sprintf(postfixSASL, dir),
	} {
		if err := os.WriteFile(filepath.Join(dir, "conf", name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	passwd, err := find("saslpasswd2")
	if err != nil {
		return err
	}
	db := filepath.Join(dir, "conf/sasl/users.db")
	add := exec.Command(passwd, "-p", "-c", "-f", db, "-u", "relay.example", l.user)
	add.Stdin = strings.NewReader(l.password)
	if out, err := add.CombinedOutput(); err != nil {
		return fmt.Errorf("saslpasswd2: %w\n%s", err, out)
	}
	return ownedByPostfix(db, filepath.Join(dir, "data"))
}

func ownedByPostfix(paths ...string) error {
	u, err := user.Lookup("postfix")
	if err != nil {
		return err
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return err
	}
	for _, path := range paths {
		if err := os.Chown(path, uid, -1); err != nil {
			return err
		}
	}
	return nil
}
