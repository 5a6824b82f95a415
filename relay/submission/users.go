package submission

import (
	"context"
	"time"
)

// User is somebody who may log in.
type User struct {
	Name      string // in lower case
	Hash      string // of the password, see HashPassword
	Disabled  bool
	Created   time.Time
	LastLogin time.Time // zero: never

	// Senders are the addresses that the user may send as; nil: those that
	// Server.Senders says.
	Senders []string

	trusted bool // known without a password
}

// LocalUser is whoever runs this program, known to the operating system.
func LocalUser() User { return User{Senders: []string{"*"}, trusted: true} }

// Users are those who may log in. It is implemented by internal/store.
type Users interface {
	// User returns a user by its name in lower case, or ErrNoUser.
	User(ctx context.Context, name string) (User, error)
	// LoggedIn notes the time of a log-in.
	LoggedIn(ctx context.Context, name string, at time.Time) error
}
