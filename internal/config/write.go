package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// WriteStarter writes the starter file, readable by its owner alone, and the
// folder around it. It never replaces a file unless force says so, and a crash
// leaves either the whole file or none.
func WriteStarter(path string, a Answers, force bool) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("write the configuration: %w", err)
	}
	if _, err := os.Lstat(path); err == nil && !force {
		return fileExists(path)
	}
	err := writePrivate(path, Starter(a), force)
	if errors.Is(err, fs.ErrExist) {
		return fileExists(path)
	}
	if err != nil {
		return fmt.Errorf("write the configuration: %w", err)
	}
	return nil
}

// WriteSecret writes a secret into a new file in dir, which only its owner can
// read, and returns the path: name, or name-2 and so on where a file is.
func WriteSecret(dir, name, secret string) (string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("write the password: %w", err)
	}
	path := filepath.Join(dir, name)
	for n := 2; ; n++ {
		err := writePrivate(path, []byte(secret+"\n"), false)
		if err == nil {
			return path, nil
		}
		if !errors.Is(err, fs.ErrExist) || n > 99 {
			return "", fmt.Errorf("write the password: %w", err)
		}
		path = filepath.Join(dir, fmt.Sprintf("%s-%d", name, n))
	}
}

// writePrivate writes a whole file or none. Unless force says so, one that is
// there stays, and the error is fs.ErrExist.
func writePrivate(path string, text []byte, force bool) error {
	dir := filepath.Dir(path)
	temp, err := writeTemp(dir, text)
	if err != nil {
		return err
	}
	defer os.Remove(temp)
	if force {
		err = os.Rename(temp, path)
	} else if err = os.Link(temp, path); err != nil && !errors.Is(err, fs.ErrExist) {
		// A link, unlike a rename, fails when somebody was faster. Where there
		// are no hard links, a look has to do.
		if _, there := os.Lstat(path); there == nil {
			return fs.ErrExist
		}
		err = os.Rename(temp, path)
	}
	if err != nil {
		return err
	}
	return syncDir(dir)
}

// ErrExists says that there is a configuration already.
var ErrExists = errors.New("exists already")

func fileExists(path string) error {
	return fmt.Errorf("%s %w: edit it, or use --force to replace it", path, ErrExists)
}

// writeTemp writes a new file that only its owner can read (os.CreateTemp
// opens with O_EXCL and 0600) and waits until it is on disk.
func writeTemp(dir string, text []byte) (string, error) {
	f, err := os.CreateTemp(dir, ".config-*.toml")
	if err != nil {
		return "", err
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		os.Remove(f.Name())
		return "", err
	}
	return f.Name(), nil
}

// syncDir makes the new name durable; file systems that cannot sync a folder
// say so, which is no loss.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	d.Sync()
	return nil
}
