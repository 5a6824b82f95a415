package templates

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"
)

//go:embed all:letters
var bundled embed.FS

// extension marks a letter; anything else in the folders is left alone, so
// that an editor's backup or a README does no harm.
const extension = ".txt"

// ErrNoLetter says that no letter has the name.
var ErrNoLetter = errors.New("no such letter")

// Set is a loaded collection of letters. It does not change after Load and may
// be used from several goroutines.
type Set struct {
	letters map[string]*template.Template
	shared  *template.Template // the passages
	sources map[string]Source
}

// Source is the text of a letter or of shared passages, and where it is from.
type Source struct {
	Name     string
	Path     string // file in the user's folder; "letters/….txt" when bundled
	Bundled  bool   // it came with the program
	Replaced bool   // the user's file stands in for a bundled one
	Text     string
}

// Load reads the bundled letters, then those of the user's folder, which take
// precedence by name. An empty or missing folder means none. Errors name the
// file and the line, all of them at once.
func Load(overrideDir string) (*Set, error) {
	return gather(overrideDir, func(string) bool { return true })
}

// LoadFile reads the bundled letters and a single one of the user's, with the
// shared passages that lie beside it: what else is in its folder may not be
// finished.
func LoadFile(path string) (*Set, error) {
	name := filepath.Base(path)
	if filepath.Ext(name) != extension {
		return nil, fmt.Errorf("%s: a letter is a file that ends in %s", path, extension)
	}
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	return gather(filepath.Dir(path), func(other string) bool {
		return other == name || strings.HasPrefix(other, passages)
	})
}

// gather reads the bundled letters and the wanted files of a folder.
func gather(overrideDir string, wanted func(file string) bool) (*Set, error) {
	s := &Set{letters: map[string]*template.Template{}, sources: map[string]Source{}}
	everything := func(string) bool { return true }
	if err := s.read(bundled, "letters", "letters", everything); err != nil {
		return nil, err
	}
	if overrideDir != "" {
		err := s.read(os.DirFS(overrideDir), ".", overrideDir, wanted)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("templates: %w", err)
		}
	}
	if err := s.parse(); err != nil {
		return nil, err
	}
	return s, nil
}

// read takes in the wanted letters of one folder of fsys, which the user knows
// as shown.
func (s *Set) read(fsys fs.FS, dir, shown string, wanted func(file string) bool) error {
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name, isLetter := strings.CutSuffix(e.Name(), extension)
		if !isLetter || e.IsDir() || strings.HasPrefix(name, ".") || !wanted(e.Name()) {
			continue
		}
		text, err := fs.ReadFile(fsys, filepath.ToSlash(filepath.Join(dir, e.Name())))
		if err != nil {
			return err
		}
		_, replaced := s.sources[name]
		s.sources[name] = Source{
			Name: name, Path: filepath.Join(shown, e.Name()),
			Bundled: fsys == bundled, Replaced: replaced,
			// A letter written in a Windows editor is still a letter.
			Text: strings.ReplaceAll(strings.TrimPrefix(string(text), "\ufeff"), "\r\n", "\n"),
		}
	}
	return nil
}

// parse gives each letter its own template, holding all shared passages.
func (s *Set) parse() error {
	var problems []error
	shared := template.New("passages").Funcs(functions()).Option("missingkey=error")
	for _, src := range s.sortedSources() {
		if !src.isPassages() {
			continue
		}
		if _, err := shared.New(src.Name).Parse(src.Text); err != nil {
			problems = append(problems, s.located(err))
		}
	}
	for _, src := range s.sortedSources() {
		if src.isPassages() {
			continue
		}
		letter, err := parseLetter(shared, src)
		if err != nil {
			problems = append(problems, s.located(err))
			continue
		}
		s.letters[src.Name] = letter
	}
	s.shared = shared
	return errors.Join(problems...)
}

func parseLetter(shared *template.Template, src Source) (*template.Template, error) {
	if !strings.HasPrefix(src.Text, "Subject: ") {
		return nil, fmt.Errorf("template: %s:1: the first line must be \"Subject: …\"", src.Name)
	}
	head, _, _ := strings.Cut(src.Text, "\n\n")
	if strings.Contains(head, "\n") {
		return nil, fmt.Errorf("template: %s:2: an empty line must follow the subject", src.Name)
	}
	own, err := shared.Clone()
	if err != nil {
		return nil, err
	}
	return own.New(src.Name).Parse(src.Text)
}

// passages begins the names of files that letters share.
const passages = "_"

// isPassages tells shared passages from letters.
func (src Source) isPassages() bool { return strings.HasPrefix(src.Name, passages) }

// sortedSources has the bundled ones first: of two passages with one name the
// last one counts, and that must be the user's, whatever the file is called.
func (s *Set) sortedSources() []Source {
	all := make([]Source, 0, len(s.sources))
	for _, src := range s.sources {
		all = append(all, src)
	}
	slices.SortFunc(all, func(a, b Source) int {
		return cmp.Or(cmp.Compare(a.origin(), b.origin()), strings.Compare(a.Name, b.Name))
	})
	return all
}

func (src Source) origin() int {
	if src.Bundled {
		return 0
	}
	return 1
}

// Bundled reports whether all of it came with the program: then Check finds
// nothing, as the tests do not.
func (s *Set) Bundled() bool {
	for _, src := range s.sources {
		if !src.Bundled {
			return false
		}
	}
	return true
}

// Names lists the letters in alphabetical order.
func (s *Set) Names() []string {
	names := make([]string, 0, len(s.letters))
	for name := range s.letters {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Source returns the text of a letter (or of shared passages) and where it
// was read from.
func (s *Set) Source(name string) (Source, error) {
	src, ok := s.sources[name]
	if !ok {
		return Source{}, fmt.Errorf("%w: %q (there are: %s)", ErrNoLetter, name, strings.Join(s.Names(), ", "))
	}
	return src, nil
}
