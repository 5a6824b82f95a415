// Command oneshot measures how long one `spamreport FILE` takes as a whole
// process, from its start to its end, when the desk is in the cache: against
// how long whois takes to start, and against a process that does nothing.
//
//	go run ./bench/oneshot
//
// The registries are on loopback and are closed before the measuring begins,
// so nothing but the cache can answer. The contenders take turns, and the
// median counts.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"spamreport/bench/internal/measure"
	"spamreport/internal/replay"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("bench/oneshot: ")
	rounds := flag.Int("rounds", 100, "how often each program is run")
	binary := flag.String("binary", "", "the spamreport to measure; built from this tree when empty")
	keep := flag.String("dir", "", "folder for the program and its state, which stays; a temporary one when empty")
	flag.Parse()
	dir := *keep
	if dir == "" {
		temporary, err := os.MkdirTemp("", "bench-oneshot-")
		if err != nil {
			log.Fatal(err)
		}
		defer os.RemoveAll(temporary)
		dir = temporary
	}
	if err := run(context.Background(), dir, *binary, *rounds); err != nil {
		log.Print(err)
		if *keep == "" {
			_ = os.RemoveAll(dir)
		}
		os.Exit(1)
	}
}

func run(ctx context.Context, dir, binary string, rounds int) error {
	binary, err := measure.Program(ctx, binary, dir)
	if err != nil {
		return err
	}
	file, environment, err := site(ctx, dir, binary)
	if err != nil {
		return err
	}
	all := []contender{
		{name: "spamreport FILE", program: binary, args: []string{file}, environment: environment},
		{name: "spamreport version", program: binary, args: []string{"version"}, environment: environment},
		{name: "whois --version", program: "whois", args: []string{"--version"}},
		{name: "true", program: "true"},
	}
	fmt.Printf("%d rounds, %d CPUs\n\n", rounds, runtime.NumCPU())
	for range rounds {
		for i := range all {
			all[i].run(ctx)
		}
	}
	report(all)
	return nil
}

const config = `[identity]
name = "Reports"
email = "reports@example.org"
[lookup]
rdap_bootstrap = %q
[lookup.whois_hosts]
%s`

const spam = "Received: from host.broadband.example (host.broadband.example [192.0.2.44])\r\n" +
	"\tby mx.example.org (Postfix) with ESMTP id 4ABC; %[1]s\r\n" +
	"From: Win <win@prize.example>\r\nTo: you@example.org\r\nSubject: You have won\r\n" +
	"Message-ID: <1@prize.example>\r\nDate: %[1]s\r\n\r\nClick http://192.0.2.99/win now.\r\n"

// site writes a configuration and a message, and has the program look up once
// what it is to know. It returns the message's file and the environment.
func site(ctx context.Context, dir, binary string) (file string, environment []string, err error) {
	registries, err := replay.Start(ctx, replay.Sample())
	if err != nil {
		return "", nil, err
	}
	defer registries.Close()
	var hosts strings.Builder
	for host, address := range registries.WHOISHosts() {
		fmt.Fprintf(&hosts, "%q = %q\n", host, address)
	}
	configFile := filepath.Join(dir, "config.toml")
	file = filepath.Join(dir, "spam.eml")
	now := time.Now().Add(-time.Hour).Format(time.RFC1123Z)
	if err := errors.Join(
		os.WriteFile(configFile, fmt.Appendf(nil, config, registries.BootstrapURL(), hosts.String()), 0o600),
		os.WriteFile(file, fmt.Appendf(nil, spam, now), 0o600),
	); err != nil {
		return "", nil, err
	}
	environment = append(os.Environ(), "SPAMREPORT_CONFIG="+configFile, "XDG_STATE_HOME="+filepath.Join(dir, "state"))
	warm := exec.CommandContext(ctx, binary, "lookup", "192.0.2.44")
	warm.Env = environment
	if out, err := warm.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("abuse@broadband.example")) {
		return "", nil, fmt.Errorf("look up the network: %v\n%s", err, out)
	}
	registries.Close()
	dry := exec.CommandContext(ctx, binary, "--json", file)
	dry.Env = environment
	if out, err := dry.Output(); err != nil || !bytes.Contains(out, []byte(`"action":"would-send"`)) {
		return "", nil, fmt.Errorf("the dry run does not come from the cache: %v\n%s", err, out)
	}
	return file, environment, nil
}

// contender is a program that is run again and again.
type contender struct {
	name, program string
	args          []string
	environment   []string

	clock, cpu []time.Duration
	left       error // why it is left out
}

func (c *contender) run(ctx context.Context) {
	if c.left != nil {
		return
	}
	cmd := exec.CommandContext(ctx, c.program, c.args...)
	cmd.Env = c.environment
	begin := time.Now()
	if c.left = cmd.Run(); c.left != nil {
		return
	}
	c.clock = append(c.clock, time.Since(begin))
	c.cpu = append(c.cpu, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
}

func report(all []contender) {
	fmt.Println("| program | median | fastest | slowest | processor |")
	fmt.Println("| --- | --- | --- | --- | --- |")
	for i, c := range all {
		if c.left != nil {
			fmt.Printf("| %s | LEFT OUT: %v | | | |\n", c.name, c.left)
			continue
		}
		median := measure.Median(c.clock)
		all[i].clock = []time.Duration{median}
		fmt.Printf("| %s | %s | %s | %s | %s |\n", c.name, ms(median), ms(c.clock[0]), ms(c.clock[len(c.clock)-1]), ms(measure.Median(c.cpu)))
	}
	ours, peer := all[0], all[2]
	if ours.left != nil || peer.left != nil {
		return
	}
	times := float64(ours.clock[0]) / float64(peer.clock[0])
	fmt.Printf("\nspamreport FILE takes %.1f times as long as whois takes to start.\n", times)
	measure.Note("one-shot, warm cache, whole process", ms(ours.clock[0]), "", "under 30 ms")
	measure.Note("one-shot, warm cache", fmt.Sprintf("%.1f times its time", times), peer.name, "")
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }
