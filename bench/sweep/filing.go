package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"spamreport/bench/internal/measure"
	"spamreport/bench/internal/stage"
	"spamreport/internal/servertest"
)

// filing measures sweeps that write: every message into the ledger, every
// complaint into the queue, where it stays, since nothing listens where the
// smarthost should be. There is nobody to compare them with.
func (b *bench) filing(ctx context.Context) error {
	s := stage.New(ctx)
	defer s.Close()
	var server *servertest.Postgres
	if err := s.Play(func() { server = servertest.StartPostgres(s) }); err != nil {
		return err
	}
	fmt.Printf("\n| a sweep that files, into | messages a second | processor a message | peak memory |\n| --- | --- | --- | --- |\n")
	for _, database := range []string{"SQLite", "PostgreSQL"} {
		var rates []float64
		var each, peak []int64
		for round := range b.rounds {
			name := "sqlite"
			if database != "SQLite" {
				if err := s.Play(func() { name = server.Database(s, "round"+strconv.Itoa(round)) }); err != nil {
					return err
				}
			}
			f, err := b.file(ctx, name)
			if err != nil {
				return fmt.Errorf("%s: %w", database, err)
			}
			rates = append(rates, float64(b.messages)/f.wall.Seconds())
			each, peak = append(each, f.cpu.Microseconds()/int64(b.messages)), append(peak, f.peak>>20)
		}
		figure := fmt.Sprintf("%.0f | %d µs | %d MB", measure.Median(rates), measure.Median(each), measure.Median(peak))
		fmt.Printf("| %s | %s |\n", database, figure)
		measure.Note(fmt.Sprintf("sweep that files, %d messages, %s", b.messages, database),
			fmt.Sprintf("%.0f a second, %d MB", rates[len(rates)/2], peak[len(peak)/2]), "", "")
	}
	return nil
}

// file sweeps the folder with nothing known but the networks.
func (b *bench) file(ctx context.Context, database string) (figures, error) {
	state, err := os.MkdirTemp(b.dir, "filing-")
	if err != nil {
		return figures{}, err
	}
	defer os.RemoveAll(state)
	env := []string{"XDG_STATE_HOME=" + state, "SPAMREPORT_DATABASE=" + database, "SPAMREPORT_COMPLAINT_APPROVE=auto",
		"SPAMREPORT_COMPLAINT_PER_CONTACT_PER_DAY=1000000", "SPAMREPORT_RELAY_SMARTHOST=127.0.0.1:1", "SPAMREPORT_RELAY_TLS=none"}
	with := func(cmd *exec.Cmd) *exec.Cmd { cmd.Env = append(cmd.Env, env...); return cmd }
	if out, err := with(b.spamreport(ctx, b.networks()...)).CombinedOutput(); err != nil {
		return figures{}, fmt.Errorf("warm the cache: %w\n%s", err, out)
	}
	f, err := run(with(b.spamreport(ctx, "sweep")))
	var status *exec.ExitError
	if errors.As(err, &status) && status.ExitCode() == queuedOnly {
		err = nil
	}
	if err != nil {
		return f, err
	}
	out, err := with(b.spamreport(ctx, "status")).CombinedOutput()
	if err == nil && !strings.Contains(string(out), "sent") {
		err = fmt.Errorf("nothing was filed:\n%s", out)
	}
	return f, err
}

// queuedOnly is the status of a sweep whose complaints stay in the queue.
const queuedOnly = 75

// networks is a command that asks once about each network.
func (b *bench) networks() []string {
	args := []string{"lookup", "--json"}
	for n := range networks {
		args = append(args, network(n).Addr().Next().String())
	}
	return args
}
