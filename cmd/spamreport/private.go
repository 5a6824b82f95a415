package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"spamreport/lookup"
)

// redactKey is the key that hides addresses in evidence (RFC 6590 §3). It is
// made once and kept, so that one address always gets the same token. A dry
// run on an empty state makes one for itself.
func (p *parts) redactKey(ctx context.Context) ([]byte, error) {
	if secret := p.cfg.Complaint.RedactKey; !secret.IsZero() {
		key, err := secret.Get(ctx)
		return []byte(key), err
	}
	path := filepath.Join(p.stateDir, "redact.key")
	key, err := os.ReadFile(path)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	key = []byte(rand.Text())
	if p.mode == readOnly {
		return key, nil
	}
	return writeKey(path, key)
}

// writeKey keeps a new key, or returns the one that another process kept first.
func writeKey(path string, key []byte) ([]byte, error) {
	f, err := os.CreateTemp(filepath.Dir(path), "redact-*.tmp")
	if err != nil {
		return nil, fmt.Errorf("keep the redaction key: %w", err)
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.Write(key)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, fmt.Errorf("keep the redaction key: %w", err)
	}
	// A link fails where a rename would replace.
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("keep the redaction key: %w", err)
	}
	return os.ReadFile(path)
}

// neverMail is the bundled list, the user's own, and the user.
func (p *parts) neverMail() func(email string) (string, bool, error) {
	return func(email string) (string, bool, error) {
		if why, never := lookup.NeverMail(email); never {
			return why, true, nil
		}
		address := strings.ToLower(email)
		_, domain, _ := strings.Cut(address, "@")
		for _, entry := range p.cfg.Complaint.Never {
			entry = strings.ToLower(strings.TrimPrefix(entry, "@"))
			if address == entry || domain == entry || strings.HasSuffix(domain, "."+entry) {
				return "it is in complaint.never", true, nil
			}
		}
		for _, own := range p.cfg.Complaint.OwnDomains {
			own = strings.ToLower(strings.TrimSuffix(own, "."))
			if domain == own || strings.HasSuffix(domain, "."+own) {
				return "it is in complaint.own_domains", true, nil
			}
		}
		return p.neverMailed(address)
	}
}
