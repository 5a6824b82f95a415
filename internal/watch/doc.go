// Package watch stays connected to a folder of a mailbox and acts when
// something comes in.
//
//	connect → select → visit → wait → visit → wait …
//	   ↑                  └── connection lost: back off, then anew
//	   └───────────────────────────────┘
//
// A visit is whatever the caller does with a folder that is open: a sweep, or
// reading what came back. It is due after each connection, when the server
// has news, and now and then without any, for what had to wait. A visit that
// was cut short is made again, so it must be one that may be repeated.
//
// Lost connections are daily life (a laptop sleeps, a server restarts), so
// they are told once and then retried in silence, later each time. What only a
// person can repair, a refused password or a folder that is not there, ends
// Run when it is so from the start, and is told and retried seldom when it
// comes up later: a server that is being moved says such things too.
package watch
