package store

import (
	"context"
	"database/sql/driver"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/stdlib"
)

// cleanConnector makes connections that send text as PostgreSQL takes it: UTF-8
// without NUL. Spam has everything in its header fields; SQLite keeps that as it
// is, and here what cannot be kept becomes U+FFFD.
type cleanConnector struct{ driver.Connector }

// Connect implements driver.Connector.
func (c cleanConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return cleanConn{conn.(*stdlib.Conn)}, nil
}

type cleanConn struct{ *stdlib.Conn }

// CheckNamedValue implements driver.NamedValueChecker: database/sql asks it about
// each argument of a statement.
func (c cleanConn) CheckNamedValue(arg *driver.NamedValue) error {
	if v := reflect.ValueOf(arg.Value); v.Kind() == reflect.String {
		arg.Value = clean(v.String())
		return nil
	}
	return c.Conn.CheckNamedValue(arg)
}

const replacement = string(utf8.RuneError)

func clean(text string) string {
	if strings.IndexByte(text, 0) < 0 && utf8.ValidString(text) {
		return text
	}
	return strings.ReplaceAll(strings.ToValidUTF8(text, replacement), "\x00", replacement)
}
