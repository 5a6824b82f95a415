package bounce

// authRules are about proving who sends (SPF, DKIM, DMARC, login) and
// about the channel.
var authRules = []rule{
	{name: "dmarc", reason: AuthFail, text: []string{"dmarc"}},
	{name: "spf", reason: AuthFail, text: []string{" spf", "(spf", "[spf", "spf)", "spf check", "spf-", "sender policy framework", "openspf", "/spf", "not designate*permitted sender", "not authorized to send mail from", "not permitted to send mail", "not allowed to send mail for", "not allowed to send for", "not allowed to send from", "sender id", "sender-id"}},
	{name: "dkim", reason: AuthFail, text: []string{" dkim sig", " dkim fail", " dkim check", " dkim verif", "no dkim", "valid dkim", "dkim-", "dkim=", "dkim record", "domainkeys", "dkim "}},
	{name: "unauthenticated-mail", reason: AuthFail, text: []string{
		"authentication information", "authentication checks", "authentication check", "unauthenticated email", "unauthenticated mail", "sender is unauthenticated", "unauthenticated sender", "email authentication", "message authentication", "required authentication level", "authentication-results", "fails to pass authentication", "unauthenticated",
		"mail is unauthenticated", "anti-spoof", "antispoof", "spoof", "forged", "impersonat", "authenticity", "sender authentication",
	}},
	{name: "login-later", reason: Server, code: "4", text: []string{"temporary authentication"}},
	{name: "login-required", reason: AuthFail, text: []string{
		"authentication required", "authentication is required", "authentication failed", "authentication failure", "authentication unsuccessful", "authentication credentials", "requires authentication", "authentication turned on", "don't authenticate", "did not authenticate", "unless authenticated", "must authenticate", "please authenticate", "need to authenticate", "not authenticated", "proper authentication", "incorrect authentication", "auth required", "auth failed", "auth is required",
		"smtp auth", "smtp-auth", "pop before smtp", "pop-before-smtp", "check your mail before sending", "check for new mail first", "log in first", "login first", "client was not authenticated", "bad username or password", "invalid credentials", "username and password not accepted", "user must authenticate", "authorization required", "authenticate first",
	}},
	{name: "tls", reason: TLS, text: []string{
		"starttls", "requires tls", "tls is required", "tls required", "must use tls", "requires encryption", "encryption required", "encryption needed", "encrypted connection", "tls handshake", "tls negotiation", "tls connection", "tls not available", "tls session", "tls*not offered", "requiretls", "certificate not verified", "certificate not trusted", "certificate verif", "mta-sts", " dane ", "tlsa",
		"cannot establish*tls", "without tls", "ssl error", "secure connection", "tls security",
	}},
	{name: "relay-denied", reason: RelayDenied, text: []string{
		"relay access denied", "relaying denied", "relay denied", "relay not permitted", "relaying not permitted", "relay not allowed", "relaying not allowed", "relay prohibited", "relaying prohibited", "relaying is prohibited", "unable to relay", "cannot relay", "can't relay", "not relay", "no relay", "relay operation rejected", "relay refused", "relaying refused", "relay rejected",
		"isn't in my list of allowed rcpthosts", "not in my list of allowed rcpthosts", "rcpthosts", "relaying mail to", "relaying to", "we do not relay", "no longer relay", "don't relay", "to relay through", "to use me*as a relay", "relay this", "insecure mail relay", "relaying disallowed", "relaying is not", "domain isn't allowed to be relayed", "not a gateway", "not permitted to relay",
		"domain is not hosted", "not hosted on this", "domain not handled", "not local domain", "is not a local domain", "non-local domain", "domain not supported", "domain is not supported", "does not accept mail for this domain", "not accept mail for domain", "not responsible for", "not configured to accept mail for", "we do not accept mail for", "mail for this domain", "not an mx for",
		"not allowed to relay", "not configured to relay", "does not host", "not configured on this", "is not configured on", "i cannot deliver mail for", "recipient domain not", "domain not in list", "relaying restricted", "not handle mail for", "authentication or relay",
	}},
}
