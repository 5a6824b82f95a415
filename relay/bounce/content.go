package bounce

// contentRules are about what the message holds or how large it is.
var contentRules = []rule{
	{name: "filter-down", reason: Server, code: "4", text: []string{
		"scanner not", "scanner unavailable", "scanner is", "scanner error", "scanner fail", "scanning error", "scanning fail", "unable to scan", "cannot scan", "could not scan", "filter unavailable", "filter not available", "filter is not available", "filter*unreachable", "filter daemon", "filter failure", "filtering failed",
		"antispam daemon", "anti-spam daemon", "spamd", "clamd", "antispam*unavailable", "anti-spam*unavailable", "antivirus*unavailable", "anti-virus*unavailable", "virus*not available", "spam*not available", "spam check*later", "milter",
	}},
	{name: "virus", reason: Virus, text: []string{
		"virus", "malware", "trojan", "worm ", "phishing", "dangerous attachment", "executable attachment", "forbidden attachment", "attachment type", "attachment is not allowed", "attachment not allowed", "banned attachment", "banned file", "prohibited attachment", "blocked attachment", "attachment*blocked", "banned content", "potential security issue", "infected", "malicious", "unsafe attachment", "illegal attachment", "clamav",
		"bad attachment", "file type", "attachments are not", "file extension",
	}},
	{name: "spam", reason: SpamContent, text: []string{
		"spam", "unsolicited", "bulk mail", "bulk email", " ube", "(ube", " uce", "junk mail", "junk-mail", "junk e-mail", "junk email", "message looks like", "looks suspicious", "suspicious due to", "message is suspicious", "message identified as", "classified as", "considered unwanted", "unwanted mail", "unwanted content", "phish", "scored too high", "score exceeds", "high probability", "bayes", "adult content", "advertis",
		"spamverdacht", "pourriel", "correo no deseado", "lixo eletr", "спам", "垃圾邮件", "垃圾郵件", "迷惑メール", "스팸",
	}},
	{name: "content-refused", reason: SpamContent, text: []string{
		"content rejected", "content reject", "content denied", "content filter", "content restriction", "content policy", "content violation", "content is not", "content not allowed", "content unacceptable", "due to content", "its content", "the content", "message content", "content blocked", "content-based", "contains a url", "contains a link", "contains url", "url in", "link in", "bad url",
		"blocked url", "message refused by", "objectionable", "rejected by filter", "rejected by content", "header content", "prohibited word", "banned word", "inappropriate", "message failed*filter", "keyword",
	}},
	{name: "size", reason: Size, text: []string{
		"message size exceeds", "message size", "too large", "too big", "message is larger", "message exceeds", "message length exceeds", "message exceeded", "mail size", "mailsize", "size limit", "size exceeds", "exceeds size", "exceeds the size", "exceeds maximum", "exceeds the maximum", "exceeded maximum*size", "exceeded maximum length", "maximum size", "max size", "max message size", "maximum message",
		"larger than", "messages this big", "attachment size", "exceeds*size", "data size exceeds", "over the maximum", "nachricht ist zu groß", "zu gross", "trop volumineux", "taille du message", "demasiado grande", "tamaño", "tamanho", "muito grande", "troppo grande", "слишком больш",
		"サイズを超え", "サイズが", "サイズ制限", "超出大小", "邮件过大",
	}},
	{name: "malformed", reason: Content, text: []string{
		"rfc 5322", "rfc5322", "rfc 2822", "rfc2822", "rfc 822", "rfc822", "rfc compliant", "rfc-compliant", "rfc 2047", "duplicate header", "multiple from", "multiple addresses in from", "missing from", "missing header", "missing required header", "missing a valid", "no from header", "malformed message", "message is malformed", "mail is malformed", "malformed mime", "malformed header", "malformed from", "malformed email", "header too long", "header line", "header field", "headers are", "header exceeds", "line too long", "line limit", "line length", "lines too long", "bare lf", "bare cr", "bare newline", "stray linefeed",
		"8bit", "8-bit", "mime error", "mime structure", "invalid mime", "bad mime", "improper mime", "bad header", "bad message", "invalid header", "syntax check", "headers fail", "invalid message", "data format error", "message format", "format error", "message-id header", "missing message-id", "message-id missing", "body type", "message has no ", "non-ascii", "smtputf8", "(eai)", "eai support", "character set", "illegal character", "invalid character", "from: header", "date header", "in from: header", "no subject",
		"conversion", "unsupported content", "not rfc", "violat*rfc", "multiple *in from", "parts nested", "message body",
	}},
	{name: "protocol", reason: Protocol, text: []string{
		"syntax error", "bad sequence", "command not recognized", "unrecognized command", "command unrecognized", "unknown command", "command not implemented", "not implemented", "bad command", "invalid command", "command rejected", "protocol error", "pipelining", "polite people say", "need mail", "need rcpt", "out of sequence", "wrong sequence", "command out of", "parameter not", "parameters not", "unsupported parameter", "invalid parameter", "nested mail", "unexpected command",
		"remote protocol",
	}},
}
