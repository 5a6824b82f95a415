package submission

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"
)

// ErrNoUser says that there is no user of a name.
var ErrNoUser = errors.New("no such user")

// ErrHash says that the hash of a password is of no kind that is known.
var ErrHash = errors.New("not a password hash of argon2id or bcrypt")

// Parameters of argon2id: those that OWASP asks for at least, since a small
// machine must bear several log-ins at once.
const (
	hashTime    = 2
	hashMemory  = 19 << 10 // KiB
	hashThreads = 1
	hashLength  = 32
	saltLength  = 16
)

// Bounds of hashes that were made elsewhere: checking one must not take all
// memory.
const (
	maxHashMemory = 256 << 10 // KiB
	maxHashTime   = 16
)

// HashPassword hashes a password with argon2id, as a PHC string. SCRAM is not
// offered: it needs a PBKDF2 verifier beside this hash, which would be the
// weaker of the two for whoever steals the database, and protects nothing more
// where AUTH happens over TLS only.
func HashPassword(password string) string {
	salt := make([]byte, saltLength)
	_, _ = rand.Read(salt) // never fails
	key := argon2.IDKey([]byte(password), salt, hashTime, hashMemory, hashThreads, hashLength)
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, hashMemory, hashTime, hashThreads, encode(salt), encode(key))
}

// CheckHash tells whether a hash made elsewhere can be used: argon2id as a PHC
// string, or bcrypt.
func CheckHash(hash string) error {
	if isBcrypt(hash) {
		_, err := bcrypt.Cost([]byte(hash))
		if err != nil {
			return fmt.Errorf("%w: %w", ErrHash, err)
		}
		return nil
	}
	_, err := parseHash(hash)
	return err
}

// VerifyPassword reports whether a password is the one of a hash.
func VerifyPassword(hash, password string) bool {
	if isBcrypt(hash) {
		return bcrypt.CompareHashAndPassword([]byte(hash), []byte(password)) == nil
	}
	h, err := parseHash(hash)
	if err != nil {
		return false
	}
	key := argon2.IDKey([]byte(password), h.salt, h.time, h.memory, h.threads, uint32(len(h.key))) // #nosec G115 -- at most 64, see parseHash
	return subtle.ConstantTimeCompare(key, h.key) == 1
}

func isBcrypt(hash string) bool { return strings.HasPrefix(hash, "$2") }

// argonHash is an argon2id hash taken apart.
type argonHash struct {
	time, memory uint32
	threads      uint8
	salt, key    []byte
}

func parseHash(hash string) (argonHash, error) {
	var h argonHash
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return h, ErrHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.time, &h.threads); err != nil {
		return h, fmt.Errorf("%w: parameters %q", ErrHash, parts[3])
	}
	var errSalt, errKey error
	h.salt, errSalt = base64.RawStdEncoding.DecodeString(parts[4])
	h.key, errKey = base64.RawStdEncoding.DecodeString(parts[5])
	switch {
	case errSalt != nil || errKey != nil || len(h.salt) < 8 || len(h.key) < 16 || len(h.key) > 64:
		return h, fmt.Errorf("%w: bad salt or key", ErrHash)
	case h.time < 1 || h.time > maxHashTime || h.memory < 8 || h.memory > maxHashMemory || h.threads < 1:
		return h, fmt.Errorf("%w: parameters %q are out of bounds", ErrHash, parts[3])
	}
	return h, nil
}
