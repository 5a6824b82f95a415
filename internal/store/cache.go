package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"spamreport/lookup"
)

var _ lookup.Cache = (*Cache)(nil)

// Cache keeps the answers of registries in a store. It implements
// lookup.Cache.
type Cache struct{ s *Store }

// Cache returns the cache of registry answers.
func (s *Store) Cache() *Cache { return &Cache{s} }

// maxEntry bounds one answer. A registry that says more is not remembered.
const maxEntry = 256 << 10

// Get implements lookup.Cache.
func (c *Cache) Get(ctx context.Context, keys []string) (lookup.Entry, bool, error) {
	if len(keys) == 0 {
		return lookup.Entry{}, false, nil
	}
	found, err := c.entries(ctx, `SELECT entry FROM lookup_cache WHERE key IN (`, keys, `)`)
	if err != nil {
		return lookup.Entry{}, false, err
	}
	byKey := make(map[string]lookup.Entry, len(found))
	for _, e := range found {
		byKey[e.Key] = e
	}
	for _, key := range keys {
		if e, ok := byKey[key]; ok {
			return e, true, nil
		}
	}
	return lookup.Entry{}, false, nil
}

// Latest implements lookup.Cache.
func (c *Cache) Latest(ctx context.Context, most int) ([]lookup.Entry, error) {
	return c.entries(ctx, `SELECT entry FROM lookup_cache ORDER BY expires DESC LIMIT `+strconv.Itoa(most), nil, ``)
}

// List implements lookup.Cache.
func (c *Cache) List(ctx context.Context) ([]lookup.Entry, error) {
	return c.entries(ctx, `SELECT entry FROM lookup_cache`, nil, ` ORDER BY key`)
}

// entries reads the entries of a query, in which the placeholders of keys
// stand between before and after.
func (c *Cache) entries(ctx context.Context, before string, keys []string, after string) ([]lookup.Entry, error) {
	var p placeholders
	rows, err := c.s.read.QueryContext(ctx, before+addAll(&p, keys)+after, p.args...)
	if err != nil {
		return nil, explain(err)
	}
	defer func() { _ = rows.Close() }()
	var entries []lookup.Entry
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, explain(err)
		}
		var e lookup.Entry
		if err := json.Unmarshal([]byte(text), &e); err != nil {
			return nil, fmt.Errorf("lookup cache: %w", err)
		}
		entries = append(entries, e)
	}
	return entries, explain(rows.Err())
}

// Put implements lookup.Cache. It also forgets what is too old to be of use.
func (c *Cache) Put(ctx context.Context, entries []lookup.Entry) error {
	return c.s.updateWithin(ctx, cacheSection, func(ctx context.Context, tx *sql.Tx) error {
		for _, e := range entries {
			if err := putCached(ctx, tx, e); err != nil {
				return fmt.Errorf("lookup cache: %s: %w", e.Key, err)
			}
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM lookup_cache WHERE expires < $1`,
			millis(c.s.now().Add(-lookup.StaleFor)))
		return err
	})
}

func putCached(ctx context.Context, tx *sql.Tx, e lookup.Entry) error {
	text, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if len(text) > maxEntry {
		return errors.New("the answer is too large to be remembered")
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO lookup_cache (key, entry, expires) VALUES ($1, $2, $3)
		ON CONFLICT (key) DO UPDATE SET entry = excluded.entry, expires = excluded.expires`,
		e.Key, string(text), millis(e.Expires))
	return err
}

// Delete implements lookup.Cache.
func (c *Cache) Delete(ctx context.Context, keys ...string) error {
	return c.s.updateWithin(ctx, cacheSection, func(ctx context.Context, tx *sql.Tx) error {
		var p placeholders
		query := `DELETE FROM lookup_cache`
		if len(keys) > 0 {
			query += ` WHERE key IN (` + addAll(&p, keys) + `)`
		}
		_, err := tx.ExecContext(ctx, query, p.args...)
		return err
	})
}
