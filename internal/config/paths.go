package config

import (
	"errors"
	"os"
	"path/filepath"
)

// DefaultPath is where the configuration is looked for when nobody says
// otherwise: $XDG_CONFIG_HOME/spamreport/config.toml, else under ~/.config.
func DefaultPath(environ []string) (string, error) {
	return orNoHome(defaultPath(variables(environ)))
}

// StateDir is the folder of everything that spamreport must remember (ledger,
// queue, keys): $XDG_STATE_HOME/spamreport, else under ~/.local/state.
func StateDir(environ []string) (string, error) {
	return orNoHome(xdg(variables(environ), "XDG_STATE_HOME", ".local", "state"))
}

func defaultPath(vars map[string]string) string {
	dir := xdg(vars, "XDG_CONFIG_HOME", ".config")
	if dir == "" {
		return ""
	}
	return filepath.Join(dir, "config.toml")
}

// xdg is our folder under the one that the variable names. The XDG base
// directory specification wants relative paths ignored.
func xdg(vars map[string]string, variable string, fallback ...string) string {
	if dir := vars[variable]; filepath.IsAbs(dir) {
		return filepath.Join(dir, "spamreport")
	}
	h := home(vars)
	if h == "" {
		return ""
	}
	return filepath.Join(append(append([]string{h}, fallback...), "spamreport")...)
}

func home(vars map[string]string) string {
	if h := vars["HOME"]; h != "" {
		return h
	}
	h, err := os.UserHomeDir() // Windows
	if err != nil {
		return ""
	}
	return h
}

func orNoHome(path string) (string, error) {
	if path == "" {
		return "", errors.New("no home folder: set HOME, or XDG_CONFIG_HOME and XDG_STATE_HOME")
	}
	return path, nil
}
