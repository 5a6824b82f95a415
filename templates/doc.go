// Package templates holds the letters that complaints are written from.
//
// A letter is one text/template file that reads like the mail it becomes: a
// line "Subject: …", an empty line, the text. The bundled letters are embedded
// from the folder letters; a file of the same name in the user's own folder
// takes the place of a bundled one, and a file with a new name adds a letter.
// A file whose name starts with an underscore is not a letter: it holds
// passages ({{define "…"}}) that letters share.
//
// What a letter can say is the struct [Facts]; there is nothing else to learn.
//
//	Subject: Spam from {{.Address}} at {{utc .Received}} [{{.Incident}}]
//
//	{{.Address}} sent us unsolicited mail at {{utc .Received}}.
//
// Facts come out of hostile mail. The templates need not care: whatever a
// letter prints is cleaned of control characters by the composer afterwards,
// and the subject is cut to one line.
package templates
