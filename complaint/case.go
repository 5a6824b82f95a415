package complaint

import (
	"crypto/sha256"
	"encoding/hex"
)

// Case names a complaint about a message in the ledger: by the digest alone
// when it is about the source.
func (inc Incident) Case() string {
	if inc.About.Kind == KindSource {
		return inc.Digest
	}
	sum := sha256.Sum256([]byte(inc.About.key()))
	return inc.Digest + "/" + string(inc.About.Kind) + "/" + hex.EncodeToString(sum[:8])
}

// thing is what a complaint is about, for people: a network, where there is
// one, or the name of the host, domain or account.
func (inc Incident) thing() string {
	if network := inc.SourceNetwork(); network.IsValid() && !inc.About.once() {
		return network.String()
	}
	return inc.About.Name
}

// accused is the address or name that the complaint is about.
func (inc Incident) accused() string {
	if inc.aboutSender() {
		return inc.subject().String()
	}
	return oneLine(inc.About.Name, maxQuoted)
}

// Target says what the complaint of an entry is about: "source", or the kind and
// the name.
func (e Entry) Target() string {
	if e.Kind == KindSource {
		return e.Kind.String()
	}
	return e.Kind.String() + " " + e.About
}

// String names a kind for people and scripts.
func (k Kind) String() string {
	if k == KindSource {
		return "source"
	}
	return string(k)
}
