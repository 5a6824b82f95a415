package headers

import "strings"

// remark is a comment that says something besides who handed over to whom:
// how the client logged in, the envelope sender, the encryption. The first
// row that fits wins. Inside the from part a remark ends what the formats of
// formats.go have to explain.
type remark struct {
	shape shape
	auth  string // what to note as the login when the comment names no user
}

var remarkRows = []remark{
	{shape: compile("using {tls} with cipher {*}")},
	{shape: compile("using TLS{*}")},
	{shape: compile("No client certificate{*}")},
	{shape: compile("Client {*}")},
	{shape: compile("not verified")},
	{shape: compile("Authenticated sender: {auth}")},
	{shape: compile("version={tls}, {*}")},
	{shape: compile("version={tls} {*}")},
	{shape: compile("cipher={*} version={tls}")},
	{shape: compile("envelope-from <{envelope}>{*}")},
	{shape: compile("envelope-from {envelope}, {*}")},
	{shape: compile("envelope-from {envelope}")},
	{shape: compile("envelope-sender <{envelope}>")},
	{shape: compile("envelope-sender {envelope}")},
	{shape: compile("return-path <{envelope}>")},
	{shape: compile("authenticated user {auth}")},
	{shape: compile("authenticated as {auth}")},
	{shape: compile("authenticated bits={*}"), auth: "authenticated"},
	{shape: compile("authenticated ({*}"), auth: "authenticated"},
	{shape: compile("authenticated"), auth: "authenticated"},
	{shape: compile("SquirrelMail authenticated user {auth}")},
	{shape: compile("user={auth} mech={*}")},
	{shape: compile("auth. user {auth}")},
	{shape: compile("smtp-auth username {auth}, {*}")},
	{shape: compile("mp{port}"), auth: "GMX"},
	{shape: compile("AUTH: {*} {auth}, TLS: {tls},{*}")},
	{shape: compile("AUTH: {*} {auth}")},
	{shape: compile("IDENT: {ident}, AUTH: {*} {auth}, TLS: {tls},{*}")},
	{shape: compile("IDENT: {ident}, {*}")},
	{shape: compile("IDENT: {ident}")},
	{shape: compile("TLS: {tls},{*}")},
	{shape: compile("Cipher {tls}:{*}")},
	{shape: compile("AS{port} {*}")},
	{shape: compile("AS{port}")},
	{shape: compile("proxying for {*}")},
	{shape: compile("uid {*}")},
}

var remarkTable = lettered(remarkRows, func(r *remark) string { return r.shape.opening })

// readRemark notes what a comment says and reports whether it is one we know.
func readRemark(h *Hop, text string) bool {
	rows := remarkTable.rows(text)
	var got captures
	for i := range rows {
		if !rows[i].shape.match(text, &got) {
			continue
		}
		keep(&h.EnvelopeFrom, got.text[slotEnvelope])
		keep(&h.From.Auth, got.text[slotAuth])
		keep(&h.From.Auth, rows[i].auth)
		keep(&h.From.Ident, got.text[slotIdent])
		keep(&h.TLS, got.text[slotTLS])
		return true
	}
	if version := tlsVersion(text); version != "" {
		keep(&h.TLS, version)
		return true
	}
	return false
}

// keep sets a field that is still empty.
func keep(field *string, value string) {
	if *field == "" {
		*field = value
	}
}

// tlsVersion reads the comments that start with a protocol version, such as
// (TLSv1.2:ECDHE-RSA-AES256-GCM-SHA384:256) or (TLS1.3).
func tlsVersion(text string) string {
	if !hasPrefixFold(text, "TLS") && !hasPrefixFold(text, "SSL") {
		return ""
	}
	end := strings.IndexAny(text, ": ,")
	if end < 0 {
		end = len(text)
	}
	return text[:end]
}
