// Package dkim signs messages (RFC 6376) in the name of the domain in their
// From field, so that whoever receives one can tell that the domain takes
// responsibility for it, and that nobody changed it on the way.
//
// A [Key] is a private key and the place in DNS where its public half stands:
//
//	key, err := dkim.Generate("example.org", "spamreport", dkim.RSA)
//	err = key.Save("spamreport.pem")
//	fmt.Println(key.Zone()) // spamreport._domainkey.example.org. IN TXT …
//
// A [Signer] has the keys of one or more domains and puts one signature for
// each key of the domain on a message:
//
//	signer, err := dkim.NewSigner(keys...)
//	signed, err := signer.Sign(message)
//
// # Two algorithms
//
// RSA is what every verifier knows. Ed25519 (RFC 8463) has records that fit
// into one string and is faster, but some of the largest receivers skip it. A
// domain with both has two selectors and two signatures; a verifier is content
// with the one that it understands (RFC 6376 §6.1).
//
// # What is signed
//
// The body, and the header fields that a reader sees or a program acts on
// (see fields.go). Those that somebody could add to a signed message to change
// what it seems to say are listed once more than they are there, which makes
// adding one break the signature (RFC 6376 §5.4.2, §8.15). What mailing lists
// and mail programs add besides is left out, so that it does no harm. Both
// canonicalizations are relaxed: servers on the way may fold a line anew.
package dkim
