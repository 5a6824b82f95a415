package lookup

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/openrdap/rdap/bootstrap/cache"
)

// bootCache keeps the bootstrap files, on disk where a folder is given. The
// library's own disk cache writes in place and wants a home directory; cron
// and services have none, and a sweep may be killed at any time.
type bootCache struct {
	dir string

	mu      sync.Mutex
	timeout time.Duration
	loaded  map[string]time.Time // when the copy in memory was made
	memory  map[string][]byte    // where there is no folder, or it cannot be written to
}

func newBootCache(dir string) *bootCache {
	return &bootCache{dir: dir, timeout: 24 * time.Hour, loaded: map[string]time.Time{}, memory: map[string][]byte{}}
}

// SetTimeout sets how long a file is good for.
func (b *bootCache) SetTimeout(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.timeout = d
}

// Load returns a file, fresh or not.
func (b *bootCache) Load(name string) ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.dir != "" {
		if data, err := os.ReadFile(filepath.Join(b.dir, name)); err == nil {
			b.loaded[name] = b.modified(name)
			return data, nil
		}
	}
	if data, ok := b.memory[name]; ok {
		return data, nil
	}
	return nil, fs.ErrNotExist
}

// Save keeps a file. A disk that cannot be written to costs a download a
// start, not the lookup, so that it is no error.
func (b *bootCache) Save(name string, data []byte) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.memory[name], b.loaded[name] = data, time.Now()
	if b.dir != "" && replaceFile(b.dir, name, data) == nil {
		b.loaded[name] = b.modified(name)
	}
	return nil
}

// replaceFile writes a file as a whole or not at all.
func replaceFile(dir, name string, data []byte) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(dir, name+".*")
	if err != nil {
		return err
	}
	_, err = tmp.Write(data)
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), filepath.Join(dir, name))
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
	}
	return err
}

// State tells whether a file is there, newer than the copy in memory, or old.
func (b *bootCache) State(name string) cache.FileState {
	b.mu.Lock()
	defer b.mu.Unlock()
	when := b.modified(name)
	switch {
	case when.IsZero():
		return cache.Absent
	case time.Since(when) > b.timeout:
		return cache.Expired
	case when.After(b.loaded[name]):
		return cache.ShouldReload
	}
	return cache.Good
}

func (b *bootCache) modified(name string) time.Time {
	if b.dir != "" {
		if info, err := os.Stat(filepath.Join(b.dir, name)); err == nil {
			return info.ModTime()
		}
	}
	if _, ok := b.memory[name]; ok {
		return b.loaded[name]
	}
	return time.Time{}
}
