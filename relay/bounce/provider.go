package bounce

// providerRules are the codes and turns of phrase that one provider alone
// uses. They come first, because some of their sentences say the opposite of
// what they mean.
var providerRules = []rule{
	// This relay, of an address on its list (package suppress); what it quotes
	// is an older reply.
	{name: "spamreport-suppressed", reason: Policy, text: []string{"is on the suppression list since"}},

	// Google
	{name: "google-no-such-user", reason: UserUnknown, text: []string{"p=nosuchuser", "answer=6596"}},
	{name: "google-disabled", reason: Disabled, text: []string{"p=disableduser"}},
	{name: "google-over-quota", reason: MailboxFull, text: []string{"p=overquota", "answer=6558", "out of storage space"}},
	{name: "google-receiving-rate", reason: Rate, text: []string{
		"p=receivingrate", "answer=6592", "receiving mail too quickly", "receiving mail at a rate that", "exceeded its quota for sending messages with the same message-id", "policy size per transaction exceeded",
	}},
	{name: "google-unsolicited-rate", reason: Rate, code: "4", text: []string{"unusual rate of unsolicited mail", "unusual amount of unsolicited mail", "unusual rate of email"}},
	{name: "google-unsolicited", reason: SpamContent, text: []string{"unusual rate of unsolicited mail", "unusual amount of unsolicited mail", "p=unsolicitedmessageerror"}},
	{name: "google-auth", reason: AuthFail, text: []string{"authentication didn't pass", "authentication did not pass", "requires all senders to authenticate", "limited because it is unauthenticated"}},
	{name: "google-not-authorized", reason: Policy, text: []string{"not authorized to send email directly to our servers", "p=notauthorizederror", "ip not in whitelist"}},
	{name: "google-group", reason: Policy, text: []string{"the group you tried to contact*may not exist", "group*may not have permission to post messages", "groups.google.com/support"}},

	// Microsoft
	{name: "microsoft-no-such-recipient", reason: UserUnknown, text: []string{
		"resolver.adr.recipnotfound", "resolver.adr.recipientnotfound", "resolver.adr.exrecipnotfound", "recipient not found by smtp address lookup", "resolver.adr.badprimary", "resolver.adr.ambiguous",
	}},
	{name: "microsoft-edge-unknown", reason: UserUnknown, enhanced: "5.4.1", text: []string{"recipient address rejected: access denied"}},
	{name: "microsoft-size", reason: Size, text: []string{"sendsizelimit", "recipsizelimit"}},
	{name: "microsoft-restricted", reason: Policy, text: []string{
		"resolver.rst.", "recipient not authorized", "sendernotauthenticatedfor", "transport.rules.rejectmessage", "tenantattribution", "you do not have permission to send to this recipient",
	}},
	{name: "microsoft-full", reason: MailboxFull, text: []string{"storedrv*mailboxfull", "storedrv*mailbox is full", "quotaexceededexception", "storedrv*exceeded*quota"}},
	{name: "microsoft-disabled", reason: Disabled, text: []string{"storedrv*mailbox disabled", "storedrv*mailboxdisabled", "storedrv*accountdisabled"}},
	{name: "microsoft-recipient-rate", reason: Rate, text: []string{"recipientthreadlimitexceeded", "recipient thread limit exceeded", "recipientlimitexceeded", "storedrv*concurrent connections limit"}},
	{name: "microsoft-block-list", reason: Blocklist, text: []string{"part of their network is on our block list", "(s3140)", "(s3150)", "(ou-00", " ou-00", "banned sending ip", "traffic not accepted from this ip"}},
	{name: "microsoft-dynamic", reason: ReverseDNS, text: []string{"(dy-00", " dy-00"}},
	{name: "microsoft-reputation", reason: Reputation, text: []string{"rate limited due to ip reputation", "(sc-00", " sc-00", "spam abuse detected", "bad outbound sender", "banned sender", "tenant has exceeded threshold"}},
	{name: "microsoft-no-tenant", reason: Server, text: []string{"recipient domain configured in a hosted tenant"}},
	{name: "microsoft-busy", reason: Rate, text: []string{"(rp-00", " rp-00", "server busy"}},
	{name: "microsoft-ipv6", reason: Policy, text: []string{"does not accept email over ipv6"}},

	// Yahoo and AOL
	{name: "yahoo-no-account", reason: UserUnknown, text: []string{"this user doesn't have a", "dd not a valid recipient", "requested mail action aborted, mailbox not found"}},
	{name: "yahoo-disabled", reason: Disabled, text: []string{"mailbox is disabled (554.30)", "never logged onto their free aim"}},
	{name: "yahoo-greylist", reason: Greylisted, text: []string{"[gl01]"}},
	{name: "yahoo-complaints", reason: Reputation, text: []string{"[tss", "[ts0", "unexpected volume or user complaints", "permanently deferred"}},
	{name: "yahoo-blocklist", reason: Blocklist, text: []string{"[bl2", "[bl1", "rtr:bl", "hvu:b", "dyn:t", "con:b", "rly:b", "aol will not accept delivery"}},
	{name: "yahoo-policy", reason: Policy, text: []string{"message not accepted for policy reasons", "email not accepted for policy reasons", "[ph01]"}},

	// Facebook
	{name: "facebook-no-recipient", reason: UserUnknown, text: []string{" rcp-p"}},
	{name: "facebook-rate", reason: Rate, text: []string{" rcp-t", " con-t", " int-t"}},
	{name: "facebook-policy", reason: Policy, text: []string{" pol-p1 ", " pol-p5 ", " msg-p"}},

	// GoDaddy (the numbers of the "rlbounce" page)
	{name: "godaddy-rate", reason: Rate, text: []string{" ib60"}},
	{name: "godaddy-listed", reason: Blocklist, text: []string{" ib103", " ib104", " ib105", " ib106", " ib110", " ib116"}},
	{name: "godaddy-name", reason: ReverseDNS, text: []string{" ib108"}},
	{name: "godaddy-content", reason: SpamContent, text: []string{" ib21", " ib70"}},
	{name: "godaddy-from", reason: Sender, text: []string{" ib50"}},

	// France: Orange, Wanadoo, La Poste, SFR
	{name: "orange-no-recipient", reason: UserUnknown, text: []string{"adresse d au moins un destinataire invalide", "adresse d'au moins un destinataire invalide", "ofr 416", "lpn416"}},
	{name: "orange-full", reason: MailboxFull, text: []string{"boite du destinataire pleine", "ofr 417", "lpn417"}},
	{name: "orange-rate", reason: Rate, text: []string{"too many connections, slow down", "trop de connexions"}},
	{name: "orange-refused", reason: Policy, text: []string{"service refuse. veuillez essayer plus tard", "service refused, please try later"}},
	{name: "orange-listed", reason: Blocklist, text: []string{"client host blocked for spamming issues", "adresse ip source bloquee", "bloquee pour incident de spam"}},
	{name: "orange-content", reason: SpamContent, text: []string{"mail rejete. mail rejected", "mail rejete"}},

	// Germany: Telekom, 1&1
	{name: "telekom-listed", reason: Blocklist, text: []string{"a problem occurred. (ask your postmaster*(bl)"}},
	{name: "telekom-name", reason: ReverseDNS, text: []string{"a problem occurred. (ask your postmaster*(dns", "ip=*dns name invalid"}},
	{name: "1und1-policy", reason: Policy, text: []string{"reject due to policy restrictions", "a problem occurred. (ask your postmaster"}},

	{name: "webde-full", reason: MailboxFull, text: []string{"zuviele mails auf dem server", "too many messages on the server"}},

	// Comcast, Cox, AT&T
	{name: "comcast-unknown", reason: UserUnknown, text: []string{"not our customer"}},
	{name: "cox-listed", reason: Blocklist, text: []string{" ipbl0", " ipbl1", " cxbl", "attrbl", " cdrbl", " urlbl0", " bl0000"}},
	{name: "comcast-dynamic", reason: ReverseDNS, text: []string{" es0000"}},
	{name: "cox-rate", reason: Rate, text: []string{" cxthrt", " cxcnct", " rl0000"}},

	// NetEase, Tencent
	{name: "netease-spam", reason: SpamContent, text: []string{" dt:spm", " hl:itc", "mail content denied", "spam is embedded in the email"}},
	{name: "netease-listed", reason: Blocklist, text: []string{" rp:bla", " hl:rep", "suspected spam ip", " rp:trc"}},
	{name: "netease-auth", reason: AuthFail, text: []string{" mi:spf", " mi:dma", " mi:dkm", " dt:sum"}},
	{name: "netease-rate", reason: Rate, text: []string{" rp:cel", " rp:rcl", " hl:icc", " hl:ifc", " hl:mep", " hl:isc", " mi:cel", " mi:dmc", " mi:ccl", "frequency limited"}},
	{name: "tencent-unknown", reason: UserUnknown, text: []string{"may contain a non-existent account", "mailbox*unavailable or access denied"}},
	{name: "tencent-refused", reason: Policy, text: []string{"suspected bounce attacks", "mail is rejected by recipients"}},

	// Filters and services
	{name: "mimecast-reputation", reason: Reputation, text: []string{"poor reputation sender", "ip-reputation policy", "mta's poor reputation"}},
	{name: "barracuda-quarantine", reason: Policy, text: []string{":blocked)", ":quarantined)"}},
	{name: "ironport-bounced", reason: Policy, text: []string{"bounced by administrator"}},
	{name: "proofpoint-listed", reason: Blocklist, text: []string{"proofpoint.com/dnsbl-lookup", "ipcheck.proofpoint.com"}},
	{name: "symantec-filtered", reason: SpamContent, text: []string{"message filtered*troubleshooting", "message filtered. please see the faqs"}},
	{name: "ses-suppressed", reason: UserUnknown, text: []string{
		"recent history of bouncing as an invalid", "account-level suppression list", "not delivering to previously bounced address", "recipient is suppressed", "on suppression list", "on our bounce list",
	}},
	{name: "ses-unverified", reason: AuthFail, text: []string{"email address is not verified", "addresses are not verified", "identities failed the check"}},
	{name: "ses-throttling", reason: Rate, text: []string{"throttling failure", "maximum sending rate exceeded", "daily message quota exceeded", "maximum credits exceeded"}},
	{name: "zoho-policy", reason: Policy, text: []string{"mailpolicy violation", "mail rejected by destination domain"}},
	{name: "apple-policy", reason: Policy, text: []string{"esmtp not accepting connections", "[cs01]", "[hm08]", "[hm07]"}},
	{name: "cpanel-no-account", reason: UserUnknown, text: []string{"the account or domain may not exist"}},
}
