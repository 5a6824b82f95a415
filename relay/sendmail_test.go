package relay_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"spamreport/relay"
)

func TestSendmailArgs(t *testing.T) {
	tests := []struct {
		name string
		args string // split at blanks; ” is an empty argument
		want relay.SendmailArgs
	}{
		{"cron", "-i -FCronDaemon -B8BITMIME -oem root", relay.SendmailArgs{IgnoreDots: true, FromName: "CronDaemon", Recipients: []string{"root"}}},
		{"PHP", "-t -i", relay.SendmailArgs{FromHeader: true, IgnoreDots: true}},
		{"PHP with a sender", "-t -i -fweb@x.example", relay.SendmailArgs{FromHeader: true, IgnoreDots: true, From: "web@x.example"}},
		{"mutt", "-oem -oi -f alice@x.example -- a@x.example b@x.example", relay.SendmailArgs{IgnoreDots: true, From: "alice@x.example", Recipients: []string{"a@x.example", "b@x.example"}}},
		{"git send-email", "-i -f alice@x.example a@x.example", relay.SendmailArgs{IgnoreDots: true, From: "alice@x.example", Recipients: []string{"a@x.example"}}},
		{"letters under one dash", "-tif alice@x.example", relay.SendmailArgs{FromHeader: true, IgnoreDots: true, From: "alice@x.example"}},
		{"options after recipients", "a@x.example -f b@x.example", relay.SendmailArgs{From: "b@x.example", Recipients: []string{"a@x.example"}}},
		{"-r is -f", "-r b@x.example a@x.example", relay.SendmailArgs{From: "b@x.example", Recipients: []string{"a@x.example"}}},
		{"the null sender", "-f <> a@x.example", relay.SendmailArgs{From: "<>", Recipients: []string{"a@x.example"}}},
		{"the null sender as an empty argument", "-f ” a@x.example", relay.SendmailArgs{From: "<>", Recipients: []string{"a@x.example"}}},
		{"what comes after -- is a recipient", "-- -t -f", relay.SendmailArgs{Recipients: []string{"-t", "-f"}}},
		{"other -o options mean nothing", "-odb -oem -om a@x.example", relay.SendmailArgs{Recipients: []string{"a@x.example"}}},
		{"options with values that mean nothing", "-X /tmp/log -C /etc/x -O Timeout=1 -L tag -p ESMTP a@x.example", relay.SendmailArgs{Recipients: []string{"a@x.example"}}},
		{"receipts", "-N success,delay -R hdrs -V id1 a@x.example", relay.SendmailArgs{
			Notify: "SUCCESS,DELAY", DSN: relay.DSN{Return: "HDRS", Envelope: "id1"}, Recipients: []string{"a@x.example"},
		}},
		{"no receipts", "-Nnever a@x.example", relay.SendmailArgs{Notify: "NEVER", Recipients: []string{"a@x.example"}}},
		{"only the queue", "-odq a@x.example", relay.SendmailArgs{QueueOnly: true, Recipients: []string{"a@x.example"}}},
		{"SMTP on standard input", "-bs", relay.SendmailArgs{Mode: relay.SendmailSMTP}},
		{"-v", "-v a@x.example", relay.SendmailArgs{Verbose: true, Recipients: []string{"a@x.example"}}},
		{"the queue", "-bp", relay.SendmailArgs{Mode: relay.SendmailQueue}},
		{"flush", "-q", relay.SendmailArgs{Mode: relay.SendmailFlush}},
		{"flush as a daemon did", "-q30m", relay.SendmailArgs{Mode: relay.SendmailFlush}},
		{"newaliases", "-bi", relay.SendmailArgs{Mode: relay.SendmailAliases}},
		{"deliver", "-bm a@x.example", relay.SendmailArgs{Recipients: []string{"a@x.example"}}},
		{"nothing", "", relay.SendmailArgs{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := relay.ParseSendmailArgs(splitArgs(test.args))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func splitArgs(line string) []string {
	args := strings.Fields(line)
	for i, arg := range args {
		if arg == "”" {
			args[i] = ""
		}
	}
	return args
}

func TestSendmailArgsThatAreWrong(t *testing.T) {
	for args, want := range map[string]string{
		"-f":            "needs a value",
		"-Z":            "unknown option -Z",
		"--help":        "unknown option --",
		"-Nmaybe":       "-N takes never",
		"-Nnever,delay": "-N takes never",
		"-Rall":         "-R takes full or hdrs",
		"-bd":           "not supported",
		"-tFname":       "", // not wrong: it ends with a value
	} {
		_, err := relay.ParseSendmailArgs(splitArgs(args))
		if want == "" {
			if err != nil {
				t.Errorf("%q: %v", args, err)
			}
			continue
		}
		if !errors.Is(err, relay.ErrUsage) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", args, err, want)
		}
	}
}

func TestSendmailExits(t *testing.T) {
	for err, want := range map[error]int{
		nil:                   0,
		relay.ErrNoRecipients: 64,
		fmt.Errorf("recipient: %w", relay.ErrAddress): 65,
		relay.ErrNoSender:                                  78,
		&relay.Temporary{Err: errors.New("down")}:          75,
		errors.New("the database is locked, or some such"): 75,
	} {
		if got := relay.SendmailExit(err); got != want {
			t.Errorf("%v: exit %d, want %d", err, got, want)
		}
	}
}
