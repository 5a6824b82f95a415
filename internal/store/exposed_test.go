package store_test

import (
	"testing"

	"spamreport/internal/store"
)

func TestADatabaseServerOutsideMustShowItsName(t *testing.T) {
	for name, want := range map[string]bool{
		"/var/lib/spamreport.db":                                               false,
		"postgres://u@127.0.0.1/d?sslmode=disable":                             false,
		"postgres://u@localhost/d":                                             false,
		"postgres:///d?host=/run/postgresql":                                   false,
		"postgres://u@db.example/d?sslmode=verify-full":                        false,
		"postgres://u@db.example/d":                                            true, // prefer: plain text when the server has no TLS
		"postgres://u@db.example/d?sslmode=disable":                            true,
		"postgres://u@db.example/d?sslmode=require":                            true, // any certificate
		"postgres://u@192.0.2.7/d?sslmode=prefer":                              true,
		"postgres://u@localhost:5432,db.example:5432/d?sslmode=allow":          true,
		"postgres://u@one.example:5432,two.example:5432/d?sslmode=verify-full": false,
	} {
		t.Setenv("PGSSLMODE", "")
		t.Setenv("PGHOST", "")
		if got := store.Exposed(name); got != want {
			t.Errorf("%s: exposed is %v", name, got)
		}
	}
}
