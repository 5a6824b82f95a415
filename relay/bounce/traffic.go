package bounce

// trafficRules are about how much and how fast, and about greylisting, which
// borrows the words of blocklists.
var trafficRules = []rule{
	{name: "greylisting", reason: Greylisted, text: []string{
		"greylist", "graylist", "grey listed", "gray listed", "grey-list", "gray-list", "grey list", "temporarily rejected. try again in", "please retry in", "come back later", "few minutes", "minutes and retry", "minutes and try", "please wait", "first contact from", "first time*seen", "new sender*delayed", "listes grises", "liste grise",
	}},
	{name: "sending-limit", reason: Rate, text: []string{
		"sending limit", "sending quota", "sending rate", "sender quota", "hourly", "per hour", "daily limit", "daily quota", "per day", "per minute", "per second", "this hour", "relay limit exceeded", "message quota",
		"emails per", "messages per", "smtp limit", "outgoing limit", "exceeded the rate", "mail quota exceeded", "quota of messages", "daily recipients", "recipient limit", "unusual sending activity",
	}},
	{name: "rate-limit", reason: Rate, text: []string{
		"rate limit", "ratelimit", "rate-limit", "rate exceeded", "rate is too", "rate control", "throttl", "too fast", "too quickly", "slow down", "sent too much mail", "sending too much mail", "too much load", "too frequent", "excessive rate", "excessive volume",
		"exceeded*rate", "high volume", "mail flood", "flooding", "try sending less", "limit reached for", "unusual traffic", "volume of messages", "trop de messages", "zu viele", "demasiados mensajes",
	}},
	{name: "too-many", reason: Rate, text: []string{
		"too many connections", "too many concurrent", "too many simultaneous", "too many open", "too many sessions", "too many messages", "too many recipients", "too many emails", "too many mails", "too many requests", "too many smtp", "too many threads",
		"too many errors", "too many failed", "too many transactions", "too many rcpt", "too many processes", "too many hosts", "too many users", "too many from", "too many recent",
		"connection limit", "connections limit", "maximum number of connections", "maximum connections", "max connections", "connections exceeded", "exceeded its maximum number of", "exceeded the maximum", "all server ports are busy",
		"recipients exceed", "number of recipients", "simultaneous connections", "concurrent connections", "concurrency", "session limit", "connection frequency", "connection rate", "max message per", "thread limit", "max message limit", "max rcpt",
	}},
}
