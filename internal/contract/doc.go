// Package contract is the machine-readable output that scripts rely on: the
// JSON documents of `--json`, kept apart from the packages' own types so that
// those can grow without breaking anybody's script.
package contract
