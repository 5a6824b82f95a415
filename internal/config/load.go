package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
)

// maxFile is the largest file that is read as a configuration: a hundred
// times what a full one needs, and too small to do harm when --config names
// the wrong file.
const maxFile = 256 << 10

// Load reads the file at path and the environment (in the form of
// [os.Environ]), the environment winning, and checks both.
//
// An empty path means the file named by SPAMREPORT_CONFIG, or else the one at
// [DefaultPath]; only the latter may be missing, and is then all defaults. The
// error joins a [*Mistake] for everything that is wrong.
func Load(path string, environ []string) (Config, error) {
	vars := variables(environ)
	optional := false
	if path == "" {
		path = vars[variablePrefix+"CONFIG"]
	}
	if path == "" {
		path, optional = defaultPath(vars), true
	}
	l := newLoader(path, vars)
	document, found := l.read(path, optional)
	if found {
		l.config.File = path
		l.file(document)
	}
	return l.finish()
}

// WithoutFile is the configuration that the environment alone makes, for those
// who write the file.
func WithoutFile(environ []string) (Config, error) {
	return newLoader("", variables(environ)).finish()
}

// loader gathers the configuration and what is wrong with it.
type loader struct {
	config   Config
	name     string // of the file, for messages
	vars     map[string]string
	mode     fs.FileMode      // permissions of the file
	where    map[string]place // path of a value → where it was written
	wrong    map[string]bool  // paths already complained about
	mistakes []error
}

func newLoader(name string, vars map[string]string) *loader {
	if name == "" {
		name = "configuration" // no home folder, so no file: only variables
	}
	l := &loader{name: name, vars: vars, where: map[string]place{}, wrong: map[string]bool{}}
	setDefaults(reflect.ValueOf(&l.config).Elem())
	return l
}

// finish applies the environment and the checks that need the whole.
func (l *loader) finish() (Config, error) {
	l.environment()
	l.check()
	if len(l.mistakes) > 0 {
		return Config{}, errors.Join(l.mistakes...)
	}
	return l.config, nil
}

// read returns the text of the file and whether there is one to use.
func (l *loader) read(path string, optional bool) (string, bool) {
	if path == "" {
		return "", false // no home folder, so no default file
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) && optional {
		return "", false
	}
	if err != nil {
		l.mistake("", "%s", readError(err))
		return "", false
	}
	defer f.Close()
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = errors.New("is a folder: name the file in it")
	}
	var text []byte
	if err == nil {
		l.mode = info.Mode()
		text, err = io.ReadAll(io.LimitReader(f, maxFile+1))
	}
	if err == nil && len(text) > maxFile {
		err = fmt.Errorf("is larger than %d KiB: not a configuration file", maxFile>>10)
	}
	if err != nil {
		l.mistake("", "%s", readError(err))
		return "", false
	}
	return string(text), true
}

// readError drops the path from an error of os: the message begins with it.
func readError(err error) string {
	var pathErr *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "no such file; spamreport init writes one"
	case errors.Is(err, fs.ErrPermission):
		return "may not be read by this user: permission denied"
	case errors.As(err, &pathErr):
		return pathErr.Err.Error()
	}
	return err.Error()
}

// file decodes the document and binds it to the configuration.
func (l *loader) file(document string) {
	document = strings.TrimPrefix(document, "\ufeff") // editors on Windows
	if !utf8.ValidString(document) {
		l.mistake("", "is not a text file in UTF-8")
		return
	}
	var tree map[string]any
	if _, err := toml.Decode(document, &tree); err != nil {
		l.syntax(document, err)
		return
	}
	l.where = linesOf(document)
	l.bind(reflect.ValueOf(&l.config).Elem(), tree, "")
}

// syntax reports a document that is not TOML. The decoder quotes what it
// stumbled over, which for password = hunter2 would be the password.
func (l *loader) syntax(document string, err error) {
	var bad toml.ParseError
	if !errors.As(err, &bad) {
		l.mistake("", "%s", err)
		return
	}
	start := min(max(bad.Position.Start, 0), len(document))
	line := 1 + strings.Count(document[:start], "\n")
	what := bad.Message
	for _, hint := range syntaxHints {
		if strings.HasPrefix(what, hint.message) {
			what = hint.instead
		}
	}
	if name := lastName(bad.LastKey); strings.HasPrefix(name, "password") || strings.HasPrefix(name, "redact_key") || strings.HasPrefix(name, "client_secret") {
		what = "a password must be one line of text in quotes"
	}
	l.mistakes = append(l.mistakes, &Mistake{Where: fmt.Sprintf("%s:%d", l.name, line), What: what})
}

// syntaxHints replace messages of the decoder that say what is wrong with the
// grammar by what to do about it.
var syntaxHints = []struct{ message, instead string }{
	{"expected value but found", "a value is missing here; text needs quotes"},
	{"strings cannot contain newlines", "a text does not end on its line; its closing quote is missing"},
	{"unexpected EOF", "the file ends too early; a quote or bracket is not closed"},
}

func lastName(key string) string { return key[strings.LastIndexByte(key, '.')+1:] }

// exposed reports whether others on this machine can read the file.
func exposed(mode fs.FileMode) bool {
	return mode&0o077 != 0 && runtime.GOOS != "windows"
}

// beside resolves a path written in the file: from the home folder when it
// begins with ~/, else from the folder of the file.
func (l *loader) beside(path string, at place) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		return filepath.Join(home(l.vars), rest)
	}
	if filepath.IsAbs(path) || at.variable != "" {
		return path
	}
	return filepath.Join(filepath.Dir(l.name), path)
}
