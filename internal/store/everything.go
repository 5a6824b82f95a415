package store

import (
	"context"
	"database/sql"
	"slices"
)

// Table is all rows of a table, one after the other.
type Table struct {
	Name    string
	Columns []string
	Rows    func(yield func(values []any) error) error
}

// referred are the tables that others refer to: they come first wherever rows
// are put in.
var referred = map[string]bool{"message": true, "relay_message": true}

// Everything yields each table as it was at one moment, those first that others
// refer to. Values are int64, string, []byte or nil.
func (s *Store) Everything(ctx context.Context, yield func(Table) error) error {
	tx, err := s.read.BeginTx(ctx, s.dialect.snapshot)
	if err != nil {
		return explain(err)
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	names, err := tablesOf(ctx, tx, s.dialect)
	if err != nil {
		return explain(err)
	}
	for _, name := range names {
		if err := oneTable(ctx, tx, name, yield); err != nil {
			return explain(err)
		}
	}
	return nil
}

// tablesOf are the tables with what was stored.
func tablesOf(ctx context.Context, q querier, d *dialect) ([]string, error) {
	rows, err := q.QueryContext(ctx, d.tables)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var first, rest []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		switch {
		case name == versionTable:
		case referred[name]:
			first = append(first, name)
		default:
			rest = append(rest, name)
		}
	}
	return slices.Concat(first, rest), rows.Err()
}

// oneTable reads a table whose name comes from the catalogue.
func oneTable(ctx context.Context, tx *sql.Tx, name string, yield func(Table) error) error {
	rows, err := tx.QueryContext(ctx, `SELECT * FROM `+name)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	err = yield(Table{name, columns, func(each func([]any) error) error {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		for rows.Next() {
			if err := rows.Scan(into...); err != nil {
				return err
			}
			if err := each(values); err != nil {
				return err
			}
		}
		return rows.Err()
	}})
	if err != nil {
		return err
	}
	return rows.Close()
}
