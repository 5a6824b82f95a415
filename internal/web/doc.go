// Package web is the page of spamreport: what the commands show and do, for a
// browser. Pages are made on the server and need no script; a small module adds
// keys, charts and live updates.
//
// Everything that spam, registries, desks and mail servers wrote is hostile.
// It is text in every page: html/template escapes it, a filter over the whole
// page replaces what would reorder or hide text (see term.SafeText), and the
// content security policy allows no script but our own, no frame, and no
// request to anybody else.
//
// A page is for its owner alone. Whoever signs in has the password, or a link
// that was printed on the terminal and works once; the session is a random
// token of which the server keeps the hash. A request that changes something
// must come from a page of ours (CrossOriginProtection of net/http) and carry
// the token of its session. A Host field that names somebody else is refused,
// since that is how a name that points at 127.0.0.1 gets in (DNS rebinding).
package web
