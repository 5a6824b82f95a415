package complaint

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"strings"
)

// speakable is Crockford's base32: no I, L, O or U, so that an incident can be
// read out over the telephone.
var speakable = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// ID names the incident: SR-7K3F-9Q2M. It is derived from the digest, so that
// the same message has the same name on every run. 40 bits tell a million
// incidents apart with a chance of a collision of one in two that some pair
// meets; the ledger goes by the digest, people go by this.
func (inc Incident) ID() string {
	sum := inc.digestSum()
	s := speakable.EncodeToString(sum[:5])
	return "SR-" + s[:4] + "-" + s[4:]
}

// messageID names the complaint. It carries more of the digest than the
// incident id does, because two complaints must never share a Message-ID.
func (inc Incident) messageID(domain string) string {
	sum := inc.digestSum()
	return "<" + strings.ToLower(inc.ID()) + "." + hex.EncodeToString(sum[5:15]) + "@" + domain + ">"
}

// digestSum hashes the digest once more: the ledger's key is nobody else's
// business, and a caller without a ledger may leave it empty. Complaints about
// the same message that go to different desks have different names.
func (inc Incident) digestSum() [sha256.Size]byte {
	if inc.Digest == "" {
		h := sha256.New()
		h.Write(inc.Message.Raw) // a hash does not fail
		h.Write([]byte(inc.About.key()))
		return [sha256.Size]byte(h.Sum(nil))
	}
	return sha256.Sum256([]byte("incident\x00" + inc.Digest + inc.About.key()))
}
