package submission

import (
	"context"
	"errors"
	"net/netip"
	"testing"
	"time"
)

// noUsers is a list without anybody in it.
type noUsers struct{ Users }

func (noUsers) User(context.Context, string) (User, error) { return User{}, ErrNoUser }

// A name that does not exist costs a hash, like one that does, and gets the same
// answer: neither the clock nor the words tell which names there are.
func TestANameThatDoesNotExistCostsAHash(t *testing.T) {
	l := newLogins(&Server{Users: noUsers{}, Limits: Limits{Hashes: 1}, Now: time.Now})
	hashed := 0
	dummy := l.dummy
	l.dummy = func() string { hashed++; return dummy() }
	user, err := l.check(&client{ctx: t.Context(), addr: netip.MustParseAddr("192.0.2.7")}, "nobody", "guess")
	if user != nil || !errors.Is(err, errCredentials) || hashed != 1 {
		t.Errorf("%v, %v after %d hashes", user, err, hashed)
	}
}

// A hash from elsewhere that is taken can be computed with the memory and time
// that are allowed.
func FuzzHash(f *testing.F) {
	for _, hash := range []string{
		HashPassword("x"), "$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
		"$argon2id$v=19$m=4294967295,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", "$argon2id$v=19$m=8,t=0,p=255$$", "$2", "",
	} {
		f.Add(hash)
	}
	f.Fuzz(func(t *testing.T, hash string) {
		if CheckHash(hash) != nil || isBcrypt(hash) {
			return
		}
		h, err := parseHash(hash)
		if err != nil || h.memory > maxHashMemory || h.time > maxHashTime || h.time == 0 || h.threads == 0 || len(h.key) > 64 {
			t.Errorf("%q is taken: %+v (%v)", hash, h, err)
		}
	})
}
