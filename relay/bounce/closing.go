package bounce

// closingRules are what is left: words that stand in replies of every kind,
// and so are asked last.
var closingRules = []rule{
	// These codes say more than such words, and few servers misuse them.
	{name: "x.2.2", reason: MailboxFull, enhanced: "*.2.2"},
	{name: "5.1.6", reason: Moved, enhanced: "5.1.6"},
	{name: "busy-mailbox", reason: Server, code: "4", text: []string{"mailbox unavailable", "mailbox is unavailable", "recipient address rejected", "recipient rejected", "recipient refused", "temporarily", "deferred"}},
	{name: "filtered", reason: Policy, text: []string{
		"due to recipient", "by the recipient", "rejected your message", "by recipient", "recipient's", "recipient has", "recipient refuses", "recipient does not want", "recipient preferences", "recipient filter", "not allowed to send", "not permitted to send", "not authorized to send", "permission to send", "permission to post", "not allowed to post", "members only", "closed list", "closed mailing list", "only accepting mail", "pre-approved", "organizational settings", "member only", "subscribers only", "only members", "not a member", "nonmember", "not subscribed", "non-member", "moderat", "restricted",
		"not accept messages from", "not accept mail from", "not accept emails from", "whitelist", "white list", "allow list", "allowlist", "challenge", "that you verify", "approved sender", "personal filter", "private list", "refuses to accept", "accepts mail only from", "only accepts", "mail from outside", "external sender", "internal use", "privacy",
	}},
	{name: "policy", reason: Policy, text: []string{
		"policy", "policies", "prohibit", "security", "not authorized", "not authorised", "unauthorized", "unauthorised", "administrative", "administratively", "by administrator", "by the administrator", "access denied", "permission", "forbidden", "not allowed", "not permitted", "disallow", "denied by", "rejected by", "blocked by", "rejected due", "rejected for", "local rule", "rule imposed", "compliance", "violat", "richtlinie", "politique", "política", "politica",
		"polityk", "политик", "ポリシー", "not welcome", "abuse", "suspicious", "suspect", "message blocked", "blocked because", "mail blocked", "email blocked", "blocked -", "quarantin", "banned", "blocked",
	}},
	{name: "recipient-refused", reason: UserUnknown, text: []string{
		"recipient address rejected", "recipient rejected", "recipient refused", "rejected recipient", "rejected address", "address rejected", "rejected: @", " @ rejected", "recipient not accepted", "recipient is not accepted", "recipient @ rejected", "recipient unavailable", "undeliverable address", "recipient not", "not deliverable", "cannot be delivered to", "mailbox unavailable", "mailbox not available", "mailbox is unavailable", "mailbox is not available", "mailbox temporarily", "not like recipient", "user unavailable", "address is not", "account not available", "account unavailable",
		"account is unavailable", "no mailbox", "user not", "account not", "user @", "recipient @",
	}},
	{name: "5.1.1", reason: UserUnknown, enhanced: "*.1.1"},
	{name: "refused", reason: Policy, text: []string{
		"denied", "rejected", "refused", "reject", "refuse", "not accepted", "not acceptable", "unacceptable", "not accepting", "cannot accept", "declined", "discarded", "filtered", "filter", "bloqueado", "rechazado", "rejeté", "refusé", "abgelehnt", "abgewiesen", "verweigert", "rifiutat", "respinto", "rejeitad", "recusad", "geweigerd", "odrzucon", "отклон", "отказ", "拒绝", "拒收", "拒否", "거부",
	}},
}
