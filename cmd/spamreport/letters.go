package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"spamreport/complaint"
	"spamreport/internal/config"
	"spamreport/templates"
)

// composer writes complaints as the configuration says.
func (p *parts) composer(ctx context.Context) (*complaint.Composer, error) {
	letters, err := loadLetters(letterDir(p.cfg))
	if err != nil {
		return nil, err
	}
	preferences, err := preferences(p.cfg, letters)
	if err != nil {
		return nil, err
	}
	key, err := p.redactKey(ctx)
	if err != nil {
		return nil, err
	}
	cfg := p.cfg.Complaint
	return &complaint.Composer{
		Identity: p.identity(), Templates: letters, Format: cfg.Format, Preferences: preferences,
		Languages: cfg.Languages, TagReplies: cfg.TagReplies, UserAgent: userAgent(),
		Redact: cfg.Redact, RedactKey: key, Secrets: cfg.Secrets, NeverMail: p.neverMail(),
	}, nil
}

// letterDir is where the user's own letters are: beside the configuration.
func letterDir(cfg config.Config) string {
	if cfg.File == "" {
		return ""
	}
	return filepath.Join(filepath.Dir(cfg.File), "templates")
}

// letters are those of the configuration, which is returned too.
func (a *app) letters() (*templates.Set, config.Config, error) {
	cfg, err := a.config()
	if err != nil {
		return nil, cfg, err
	}
	letters, err := loadLetters(letterDir(cfg))
	return letters, cfg, err
}

// lettersAt are those of a file or folder; unlike the folder beside the
// configuration it must be there.
func lettersAt(path string) (*templates.Set, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return loadLetters(path)
	}
	letters, err := templates.LoadFile(path)
	if err != nil {
		return nil, err
	}
	return letters, letters.Check()
}

// loadLetters also writes each letter once when some are the user's: a field
// that does not exist must show before the first spam, not with it.
func loadLetters(dir string) (*templates.Set, error) {
	letters, err := templates.Load(dir)
	if err != nil || letters.Bundled() {
		return letters, err
	}
	return letters, letters.Check()
}

// preferences are those of the contacts, whose letters must exist.
func preferences(cfg config.Config, letters *templates.Set) ([]complaint.Preference, error) {
	var all []complaint.Preference
	for _, c := range cfg.Complaint.Contacts {
		if c.Template != "" && !slices.Contains(letters.Names(), c.Template) {
			return nil, fmt.Errorf("%s: complaint.contact: match = %q: %w: template = %q (there are: %s)",
				cmp.Or(cfg.File, "configuration"), c.Match, templates.ErrNoLetter, c.Template, strings.Join(letters.Names(), ", "))
		}
		all = append(all, complaint.Preference{Match: c.Match, Format: c.Format, Template: c.Template})
	}
	return all, nil
}

// userAgent is the product token of RFC 9110 §10.1.5, in which the parentheses
// of an unreleased version would begin a comment.
func userAgent() string {
	return "spamreport/" + strings.Trim(version(), "()")
}
