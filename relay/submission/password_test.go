package submission

import "testing"

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
