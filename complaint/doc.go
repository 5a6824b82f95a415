// Package complaint turns a verdict and a contact into a complaint that an
// abuse desk can act on: policy, redaction, composing, and the ledger's terms.
package complaint
