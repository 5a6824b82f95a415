package setup_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"spamreport/internal/config"
	"spamreport/internal/discover"
	"spamreport/internal/mailbox"
	"spamreport/internal/setup"
)

// script is a person who says one thing after the other; "" takes the proposal.
type script struct {
	t       *testing.T
	answers []string
	asked   []string
	told    []string
}

func (s *script) Answer(_ context.Context, q setup.Question) (string, error) {
	s.asked = append(s.asked, q.Text)
	if len(s.answers) == 0 {
		s.t.Fatalf("nobody expected: %s [%s]", q.Text, q.Proposal)
	}
	answer, err := q.Accept(s.answers[0])
	s.answers = s.answers[1:]
	if err != nil {
		s.t.Fatalf("%s: %v", q.Text, err)
	}
	return answer, nil
}

func (s *script) Tell(format string, args ...any) {
	s.told = append(s.told, fmt.Sprintf(format, args...))
}

// world is what the answers are tried on.
type world struct {
	found     discover.Found
	folders   []mailbox.FolderInfo
	objection string
	logins    []setup.Login // those to the mailbox
	refuse    func(setup.Login) error
	allowed   int
}

func (w *world) Find(context.Context, string) (discover.Found, error) {
	if w.found.IMAP.Host == "" {
		return w.found, discover.ErrNotFound
	}
	return w.found, nil
}

func (w *world) Allow(context.Context, setup.Login) error { w.allowed++; return nil }

func (w *world) Folders(_ context.Context, l setup.Login) ([]mailbox.FolderInfo, error) {
	w.logins = append(w.logins, l)
	if w.refuse != nil {
		if err := w.refuse(l); err != nil {
			return nil, err
		}
	}
	return w.folders, nil
}

func (w *world) Sending(context.Context, setup.Login) error { return nil }

func (w *world) Objection(_ context.Context, email string, _ setup.Login) (string, bool) {
	return w.objection, w.objection != "" && email == "zoe@example.com"
}

func server(host string, port int, s discover.Security) discover.Server {
	return discover.Server{Host: host, Port: port, Security: s, User: "zoe@example.org"}
}

func example() *world {
	return &world{
		found: discover.Found{
			IMAP:       server("imap.example.org", 993, discover.Implicit),
			Submission: server("smtp.example.org", 587, discover.STARTTLS), Source: "a test",
		},
		folders: []mailbox.FolderInfo{
			{Name: "INBOX", Selectable: true},
			{Name: "[Mail]"},
			{Name: "Spam", Selectable: true},
			{Name: "Unwanted", Selectable: true, SpecialUse: `\Junk`},
		},
	}
}

// written runs the interview, writes the plan, and reads the configuration.
func written(t *testing.T, i setup.Interview) (config.Config, string) {
	t.Helper()
	plan, err := i.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := plan.Write(path, false); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(path, []string{"HOME=" + t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return cfg, path
}

func TestTheFolderForSpamIsThatWhichTheServerCallsSo(t *testing.T) {
	w := example()
	cfg, path := written(t, setup.Interview{Person: &script{t: t, answers: []string{"zoe@example.org", "", "hunter2", "", "", "", ""}}, Mail: w})
	if diff := cmp.Diff([]string{"Unwanted"}, cfg.Accounts[0].Folders); diff != "" {
		t.Error(diff)
	}
	if cfg.Relay.Smarthost != "smtp.example.org:587" || cfg.Relay.TLS != "starttls" || cfg.Identity.Email != "zoe@example.org" {
		t.Errorf("%+v", cfg.Relay)
	}
	for _, s := range []config.Secret{cfg.Accounts[0].Secret, cfg.Relay.Secret} {
		if got, err := s.Get(t.Context()); got != "hunter2" || err != nil {
			t.Errorf("%q, %v", got, err)
		}
	}
	files, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(files) != 2 {
		t.Errorf("the one password lies in %v, %v", files, err)
	}
}

func TestAFolderIsTakenByItsNameWhereTheServerSaysNothing(t *testing.T) {
	w := example()
	w.folders = []mailbox.FolderInfo{{Name: "INBOX", Selectable: true}, {Name: "INBOX.Spam", Selectable: true}, {Name: "Unwanted", Selectable: true}}
	cfg, _ := written(t, setup.Interview{Person: &script{t: t, answers: []string{"zoe@example.org", "", "hunter2", "", "", "", ""}}, Mail: w})
	if diff := cmp.Diff([]string{"INBOX.Spam"}, cfg.Accounts[0].Folders); diff != "" {
		t.Error(diff)
	}
}

func TestAProviderThatTakesNoPasswordIsAllowedOnce(t *testing.T) {
	w := example()
	w.found.OAuth2 = "microsoft"
	cfg, _ := written(t, setup.Interview{Person: &script{t: t, answers: []string{"zoe@example.org", "", "client", "", "", "", "", ""}}, Mail: w})
	want := config.OAuth2{Provider: "microsoft", ClientID: "client"}
	if got := cfg.Accounts[0].OAuth2; got.Provider != want.Provider || got.ClientID != want.ClientID || !cfg.Accounts[0].Secret.IsZero() {
		t.Errorf("%+v", got)
	}
	if cfg.Relay.OAuth2.ClientID != "client" || w.allowed != 1 {
		t.Errorf("%+v, allowed %d times", cfg.Relay.OAuth2, w.allowed)
	}
}

func TestAnAppPasswordOrOAuthWhereBothAreTaken(t *testing.T) {
	for name, tc := range map[string]struct {
		answers []string
		oauth   bool
	}{
		"an app password": {[]string{"zoe@gmail.com", "", "abcd efgh", "", "", "", ""}, false},
		"OAuth 2.0":       {[]string{"zoe@gmail.com", "", "", "4", "client", "s3cret", "", "", "", ""}, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := example()
			w.found.OAuth2 = "google"
			cfg, _ := written(t, setup.Interview{Person: &script{t: t, answers: tc.answers}, Mail: w})
			if got := cfg.Accounts[0].OAuth2.Given(); got != tc.oauth {
				t.Errorf("OAuth 2.0: %v", got)
			}
			if tc.oauth {
				if secret, err := cfg.Relay.OAuth2.Secret.Get(t.Context()); secret != "s3cret" || err != nil {
					t.Errorf("%q, %v", secret, err)
				}
			}
		})
	}
}

func TestServersThatNobodyKnowsAreAskedFor(t *testing.T) {
	w := example()
	w.found = discover.Found{}
	tries := 0
	w.refuse = func(l setup.Login) error {
		if tries++; l.Security != discover.STARTTLS {
			return mailbox.ErrNotTLS
		}
		return nil
	}
	p := &script{t: t, answers: []string{"zoe@example.org", "mail.example.org:1143", "hunter2", "", "", ""}}
	cfg, _ := written(t, setup.Interview{Person: p, Mail: w})
	if a := cfg.Accounts[0]; a.Server != "mail.example.org:1143" || a.TLS != "starttls" || cfg.Relay.Smarthost != "" {
		t.Errorf("%+v", a)
	}
	for _, l := range w.logins {
		if l.Security == "" {
			t.Error("another machine was spoken to without TLS")
		}
	}
}

func TestAFirmObjectionToTheAddressIsAskedAbout(t *testing.T) {
	w := example()
	w.objection = "example.com asks for p=reject"
	p := &script{t: t, answers: []string{"zoe@example.org", "", "hunter2", "", "", "zoe@example.com", "no", "Zoë <zoe@other.example>"}}
	cfg, _ := written(t, setup.Interview{Person: p, Mail: w})
	if cfg.Identity.Email != "zoe@other.example" || cfg.Identity.Name != "Zoë" {
		t.Errorf("%+v", cfg.Identity)
	}
}

// Who runs the domain of the mailbox signs what goes out through its own server.
func TestTheProviderOfTheMailboxIsNotObjectedTo(t *testing.T) {
	w := example()
	w.objection = "example.org asks for p=reject"
	p := &script{t: t, answers: []string{"zoe@example.org", "", "hunter2", "", "", ""}}
	written(t, setup.Interview{Person: p, Mail: w})
	for _, told := range p.told {
		if told == w.objection {
			t.Error("the person was told")
		}
	}
}

func TestWhatFlagsAnswerIsNotAsked(t *testing.T) {
	p := &script{t: t, answers: []string{"yes"}}
	cfg, _ := written(t, setup.Interview{Person: p, Mail: example(), Given: map[string]string{
		"address": "zoe@example.org", "imap": "imap.example.org", "imap-user": "zoe", "imap-password-env": "PATH", "folder": "Spam,INBOX",
		"smarthost": "smtp.example.org", "smarthost-user": "zoe", "name": "Zoë", "email": "reports@example.org",
	}})
	if len(p.asked) != 1 || p.asked[0] != "With the same password" {
		t.Errorf("asked %q", p.asked)
	}
	if diff := cmp.Diff([]string{"Spam", "INBOX"}, cfg.Accounts[0].Folders); diff != "" || cfg.Identity.Email != "reports@example.org" {
		t.Error(diff)
	}
}

func TestWhoInsistsOnAWrongPasswordIsStopped(t *testing.T) {
	w := example()
	w.refuse = func(setup.Login) error { return mailbox.ErrLogin }
	p := &script{t: t, answers: []string{"zoe@example.org", "", "a", "", "b", "", "c"}}
	i := setup.Interview{Person: p, Mail: w, Tries: 2}
	_, err := i.Run(t.Context())
	if !errors.Is(err, setup.ErrGivenUp) || len(w.logins) != 2 {
		t.Errorf("%v after %d log-ins", err, len(w.logins))
	}
}

func TestAPlanThatCannotBeWrittenLeavesNothing(t *testing.T) {
	i := setup.Interview{Person: &script{t: t, answers: []string{"zoe@example.org", "", "hunter2", "", "", "", ""}}, Mail: example()}
	plan, err := i.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "config.toml")
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := plan.Write(path, false); !errors.Is(err, config.ErrExists) {
		t.Errorf("%v", err)
	}
	text, _ := os.ReadFile(path)
	files, _ := os.ReadDir(dir)
	if string(text) != "mine" || len(files) != 1 {
		t.Errorf("left behind: %q, %v", text, files)
	}
	// With force the file is replaced, and a password that lies there is not.
	if err := os.WriteFile(filepath.Join(dir, "password"), []byte("theirs"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := plan.Write(path, true); err != nil {
		t.Fatal(err)
	}
	theirs, _ := os.ReadFile(filepath.Join(dir, "password"))
	ours, _ := os.ReadFile(filepath.Join(dir, "password-2"))
	if string(theirs) != "theirs" || string(ours) != "hunter2\n" {
		t.Errorf("%q, %q", theirs, ours)
	}
}

func TestAHostileServerCannotSetTheQuestions(t *testing.T) {
	for _, answer := range []string{"a\x1b[2J", "a\nb", "a\x00"} {
		if _, err := (setup.Question{}).Accept(answer); err == nil {
			t.Errorf("%q was accepted", answer)
		}
	}
}

func TestTheTimerThatIsThere(t *testing.T) {
	const line = "*/15 * * * * /usr/bin/spamreport --config '/a\\%b' sweep\n"
	for name, tc := range map[string]struct {
		plain, unit bool
		crontab     string // "-": there is no cron
		given       string
		answers     []string
		want        string // what was run in the end
		told        string
	}{
		"the unit of the package":          {plain: true, unit: true, answers: []string{""}, want: "systemctl --user enable --now spamreport-sweep.timer"},
		"cron, for another configuration":  {unit: true, answers: []string{""}, want: "crontab - < " + line},
		"cron, beside what is there":       {crontab: "0 0 * * * backup", answers: []string{"y"}, want: "crontab - < 0 0 * * * backup\n" + line},
		"cron, which has it already":       {crontab: "\n" + line, want: ""},
		"no, thanks":                       {answers: []string{"n"}, want: ""},
		"no, said by the flag":             {given: "no", want: ""},
		"yes, said by the flag":            {given: "yes", want: "crontab - < " + line},
		"neither: the command is told":     {crontab: "-", told: "/usr/bin/spamreport --config '/a%b' sweep"},
		"neither, whatever the flag wants": {crontab: "-", given: "yes", told: "/usr/bin/spamreport --config '/a%b' sweep"},
	} {
		t.Run(name, func(t *testing.T) {
			changed := ""
			timer := setup.Timer{Command: "/usr/bin/spamreport --config '/a%b' sweep", Plain: tc.plain}
			timer.Run = func(_ context.Context, stdin, program string, args ...string) (string, error) {
				command := program + " " + strings.Join(args, " ")
				switch {
				case command == "crontab -l" && tc.crontab == "":
					return "", errors.New("crontab: exit status 1: no crontab for zoe")
				case command == "crontab -l" && tc.crontab != "-":
					return tc.crontab, nil
				case command == "systemctl --user cat spamreport-sweep.timer" && tc.unit:
					return "[Timer]", nil
				case strings.Contains(command, " cat ") || command == "crontab -l":
					return "", errors.New("not found")
				}
				if changed = command; stdin != "" {
					changed += " < " + stdin
				}
				return "", nil
			}
			p := &script{t: t, answers: tc.answers}
			if err := timer.Offer(t.Context(), p, tc.given); err != nil {
				t.Fatal(err)
			}
			if changed != tc.want || !strings.Contains(strings.Join(p.told, "\n"), tc.told) || len(p.answers) > 0 {
				t.Errorf("ran %q, told %q, left %q", changed, p.told, p.answers)
			}
		})
	}
}
