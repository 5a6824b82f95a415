package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// documents are the texts for users, by path from here.
func documents(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, file := range append(files, "../../README.md") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all[file] = string(text)
	}
	return all
}

var (
	markdownLink = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading      = regexp.MustCompile(`(?m)^#+ (.+)$`)
	notAnchor    = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// anchors are the names of the headings, as the usual viewers make them.
func anchors(text string) (all []string) {
	for _, h := range heading.FindAllStringSubmatch(text, -1) {
		all = append(all, strings.ReplaceAll(strings.ToLower(notAnchor.ReplaceAllString(h[1], "")), " ", "-"))
	}
	return all
}

func TestLinksBetweenDocumentsLead(t *testing.T) {
	texts := documents(t)
	for file, text := range texts {
		for _, found := range markdownLink.FindAllStringSubmatch(text, -1) {
			target, anchor, _ := strings.Cut(found[1], "#")
			if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			path := file
			if target != "" {
				path = filepath.Join(filepath.Dir(file), target)
			}
			if _, err := os.Stat(path); err != nil {
				t.Errorf("%s: %s leads nowhere", file, found[1])
			} else if anchor != "" && !slices.Contains(anchors(texts[path]), anchor) {
				t.Errorf("%s: %s: no such heading", file, found[1])
			}
		}
	}
}

func TestEveryPictureIsOfAPageThatIsShown(t *testing.T) {
	pictures, err := filepath.Glob("../../docs/screenshots/*.png")
	if err != nil || len(pictures) == 0 {
		t.Fatal(len(pictures), err)
	}
	readme := documents(t)["../../README.md"]
	for _, name := range []string{"overview-light.png", "terminal.png"} {
		if !strings.Contains(readme, "docs/screenshots/"+name) {
			t.Errorf("README.md does not show %s", name)
		}
	}
}

// commandLine is where a document has somebody run the program: what follows
// its name, to the end of the line or of the code.
var commandLine = regexp.MustCompile("(?:^|[\n `|(>'\"])spamreport((?: +[^\n`|;#)'\"<>…]+)?)")

// TestDocumentsNameCommandsAndFlagsThatExist finds each command and flag by the
// program's own command line.
func TestDocumentsNameCommandsAndFlagsThatExist(t *testing.T) {
	root := (&app{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr}).rootCommand()
	root.InitDefaultHelpFlag()
	root.InitDefaultCompletionCmd()
	lines := 0
	for file, text := range documents(t) {
		for _, code := range codeOf(text) {
			for _, found := range commandLine.FindAllStringSubmatch(code, -1) {
				lines++
				if wrong := unknownIn(root, strings.Fields(found[1])); wrong != "" {
					t.Errorf("%s: spamreport%s: there is no %s", file, found[1], wrong)
				}
			}
		}
	}
	if lines < 100 {
		t.Errorf("only %d commands were found in all documents", lines)
	}
}

var code = regexp.MustCompile("(?s)```[a-z]*\n.*?```|`[^`\n]+`")

func codeOf(text string) []string { return code.FindAllString(text, -1) }

// unknownIn is the first word of a command line that is no command, or no flag
// of its command.
func unknownIn(cmd *cobra.Command, words []string) string {
	value := false // the next word belongs to a flag
	for _, word := range words {
		name, _, given := strings.Cut(word, "=")
		if value {
			value = false
			continue
		}
		switch {
		case strings.HasPrefix(name, "--") && name != "--":
			flag := flagOf(cmd, func(f *pflag.FlagSet) *pflag.Flag { return f.Lookup(name[2:]) })
			if flag == nil {
				return "flag " + name + " of " + cmd.CommandPath()
			}
			value = !given && flag.NoOptDefVal == ""
		case len(name) == 2 && name[0] == '-' && name != "--":
			if cmd.Name() != "send" && flagOf(cmd, func(f *pflag.FlagSet) *pflag.Flag { return f.ShorthandLookup(name[1:]) }) == nil {
				return "flag " + name + " of " + cmd.CommandPath()
			}
		case cmd.HasSubCommands() && !slices.Contains(notCommands, word) && isCommandWord.MatchString(word):
			next := slices.IndexFunc(cmd.Commands(), func(c *cobra.Command) bool { return c.Name() == word })
			if next < 0 {
				return "command " + cmd.CommandPath() + " " + word
			}
			cmd = cmd.Commands()[next]
		}
	}
	return ""
}

// isCommandWord tells commands from files, addresses and placeholders.
var isCommandWord = regexp.MustCompile(`^[a-z][a-z-]*$`)

// notCommands follow the name in a drawing, and where it is a user's.
var notCommands = []string{"itself", "spamreport"}

func flagOf(cmd *cobra.Command, find func(*pflag.FlagSet) *pflag.Flag) *pflag.Flag {
	if f := find(cmd.Flags()); f != nil {
		return f
	}
	return find(cmd.InheritedFlags())
}

// TestTheQuickStartOfTheREADMERuns runs its commands in their order, as they
// stand there. A name of a complaint is that of the first one.
func TestTheQuickStartOfTheREADMERuns(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.env = append(s.env, "SPAMREPORT_COMPLAINT_APPROVE=review")
	s.fill(0, 3)
	if err := os.WriteFile(filepath.Join(s.dir, "spam.eml"), []byte(piped(9, "YES")), 0o600); err != nil {
		t.Fatal(err)
	}
	_, start, _ := strings.Cut(documents(t)["../../README.md"], "\n## Quick start\n")
	start, _, _ = strings.Cut(start, "\n## ")
	incident, ran := "", 0
	for _, line := range regexp.MustCompile(`(?m)^spamreport .*$`).FindAllString(strings.Join(codeOf(start), "\n"), -1) {
		line, _, _ = strings.Cut(line, "#")
		args := strings.Fields(line)[1:]
		if args[0] == "init" {
			continue // an interview, see TestANewcomerIsSetUpInFewerThanTenAnswers
		}
		if i := slices.IndexFunc(args, func(arg string) bool { return strings.HasPrefix(arg, "SR-") }); i >= 0 {
			args[i] = incident
		}
		cmd := s.command(args...)
		cmd.Dir = s.dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", line, err, out)
		}
		if incident == "" && args[0] == "review" {
			incident = regexp.MustCompile(`SR-\w{4}-\w{4}`).FindString(string(out))
		}
		ran++
	}
	if ran < 8 {
		t.Errorf("only %d commands were found", ran)
	}
	if mail := s.postfix.WaitMail(t, "abuse@hosting.example", 3); len(mail) != 3 {
		t.Errorf("%d complaints arrived, want 3", len(mail))
	}
}
