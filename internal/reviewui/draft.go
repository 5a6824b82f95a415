package reviewui

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// Editor is what people have chosen to edit with.
func Editor(getenv func(string) string) string {
	for _, name := range []string{"VISUAL", "EDITOR"} {
		if editor := strings.TrimSpace(getenv(name)); editor != "" {
			return editor
		}
	}
	if runtime.GOOS == "windows" {
		return "notepad"
	}
	return "vi"
}

// Draft is a text in a file, for an editor.
type Draft struct {
	path   string
	editor string
}

// NewDraft writes a text to a file that only its owner can read.
func NewDraft(editor, text string) (*Draft, error) {
	f, err := os.CreateTemp("", "complaint-*.txt")
	if err != nil {
		return nil, fmt.Errorf("a file for the editor: %w", err)
	}
	_, err = f.WriteString(text)
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, errors.Join(fmt.Errorf("a file for the editor: %w", err), os.Remove(f.Name()))
	}
	return &Draft{f.Name(), editor}, nil
}

// Command runs the editor. It may have arguments, quoted as for a shell.
func (d *Draft) Command() *exec.Cmd {
	if runtime.GOOS == "windows" {
		words := append(strings.Fields(d.editor), d.path)
		return exec.Command(words[0], words[1:]...)
	}
	return exec.Command("sh", "-c", d.editor+` "$1"`, "sh", d.path)
}

// Take returns what became of the text, and removes the file.
func (d *Draft) Take() (string, error) {
	text, err := os.ReadFile(d.path)
	return string(text), errors.Join(err, os.Remove(d.path))
}
