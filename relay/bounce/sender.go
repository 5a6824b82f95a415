package bounce

// senderRules are about the sender's address or host. They come before the
// rules about the recipient, since both say "does not exist".
var senderRules = []rule{
	{name: "sender-verify", reason: Sender, text: []string{
		"sender verify", "verification failed for @", "sender address verification", "could not verify sender", "sender callout", "unable to verify sender", "sender verification", "verify the sender",
	}},
	{name: "courier-sender-domain", reason: Sender, code: "517", text: []string{"domain does not exist"}}, // Courier's code for the domain of MAIL
	// What answers MAIL cannot be about a recipient: no server has seen one.
	{
		name: "sender-in-mail", reason: Sender,
		text: []string{"in reply to mail from", "after mail from", "in response to mail from"},
		with: []string{"does not exist", "doesn't exist", "not exist", "invalid", "unknown", "not found", "no such", "fully qualified"},
	},
	{name: "sender-domain", reason: Sender, text: []string{
		"domain of sender", "sender domain", "sender's domain", "sending domain*does not exist", "sending domain*not found", "sender address rejected: domain not found", "sender address rejected: malformed dns",
		"invalid sender domain", "envelope sender domain", "mail from*domain does not", "from domain*does not exist", "from: domain", "from domain is", "header from", "purported", "return path domain", "domain of the sender", "without a valid sender domain", " dns-p1",
	}},
	{name: "sender-rejected", reason: Sender, text: []string{
		"sender address rejected", "sender address", "sender rejected", "sender denied", "sender refused", "invalid sender", "bad sender", "sender is not allowed", "sender not allowed", "sender blocked", "blocked sender",
		"sender unknown", "unknown sender", "sender @ rejected", "sender @ is not allowed", "sender @ not", "sender invalid", "sender's address", "null sender", "empty envelope sender", "empty sender", "sender email address rejected",
		"from address is not", "from address does not", "mail from @ not allowed", "mail from address", "not allowed to send mail as", "sender not exist", "sender is blocked", "sender is rejected", "sender has been", "backscatter", "batv", "bounce address", "fully qualified email", "from a different address", "emetteur", "expediteur", "returned mail not accepted", "dsns",
		"bounce messages*not accept", "does not accept bounces", "don't accept bounces", "envelope blocked", "not valid from address", "sender was rejected", "originator", "envelope sender is", "envelope from", "expéditeur refus",
	}},
	{name: "sender-suspended", reason: Policy, text: []string{"your account has been", "your account is", "your email account", "your domain has been", "your mailbox has been disabled from sending"}},
	{name: "reverse-dns", reason: ReverseDNS, text: []string{
		"reverse dns", "rdns", "reverse lookup", "reverse hostname", "ptr record", "dns ptr", "pointer record", "no ptr", "ptr not", "ptr check", "cannot find your hostname", "cannot find your reverse", "may not be mail exchanger",
		"dynamic ip", "dynamic address", "dynamic pool", "dialup", "dial-up", "residential", "generic hostname", "not have a hostname", "ip name lookup failed", "ip name possibly forged", "cannot resolve your address",
		"unresolvable relay host", "fcrdns", "forward confirmed", "mismatches client ip", "ip has no name", "hostname is not resolv", "unable to resolve your", "server's ip*no corresponding", "fix reverse", " valid hostname",
		"invalid host name of your server", "bad host name", "no dns resolution for your ip", "ip does not resolve", "ip doesn't resolve", "host does not resolve", "reverse-map", "client host rejected: cannot",
	}},
	{name: "helo", reason: ReverseDNS, text: []string{"helo command rejected", "ehlo command rejected", "invalid helo", "bad helo", "helo name", "helo/ehlo", "ehlo/helo", "helo should be", "forged helo", "invalid ehlo", "helo*does not", "helo hostname"}},
	{name: "unknown-recipients-flood", reason: Reputation, text: []string{
		"excessive unknown recipients", "too many invalid recipients", "too many unknown", "too many bad recipients", "too many invalid", "too many non-existent", "directory harvest", "dictionary attack", "userid unknowns", "too many user unknown", "possible open relay", "open relay",
	}},
}
