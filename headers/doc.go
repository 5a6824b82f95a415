// Package headers reads the trace of a message (its Received fields, RFC 5321
// §4.4), walks it from the recipient downwards, and names the last address
// that a server the recipient can believe wrote down.
package headers
