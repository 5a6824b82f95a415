package bounce

// deliveryRules are about the way there: names, connections, queues, and
// what is broken at the far end.
var deliveryRules = []rule{
	{name: "no-mail", reason: NoMail, text: []string{
		"does not accept mail", "does not accept any mail", "doesn't accept mail", "domain does not accept email", "does not accept any email", "do not accept mail", "nullmx", "null mx", "no smtp service", "does not receive mail", "does not receive email", "not receive mail", "no mail accepted", "no mail service", "not a mail server", "host does not accept", "smtp protocol returned a permanent error", "no mail here", "mail not accepted here", "does not handle mail",
		"not accepting any mail", "not accept any mail",
	}},
	{name: "dns-trouble", reason: DNS, text: []string{
		"host not found, try again", "try again: host not found", "host name lookup failure", "hostname lookup failure", "cname lookup failed temporarily", "temporary dns", "dns error", "dns failure", "dns lookup failure", "dns timeout", "dns server", "dns query failed", "temporary failure in name resolution", "name server: timeout", "nameserver*timed out", "name server timeout", "domain lookup fail", "host lookup did not complete", "dns soft error",
		"resolver error", "servfail", "name resolution failure", "malformed or unexpected name server reply", "dns resolver", "dns temporary", "cannot resolve", "could not be resolved", "unable to resolve", "dns lookup",
	}},
	{name: "domain-unknown", reason: DomainUnknown, text: []string{
		"host unknown", "unknown host", "host not found", "host or domain name not found", "domain not found", "domain name not found", "domain does not exist", "domain doesn't exist", "domain not exist", "unknown domain", "domain unknown", "no such domain", "no such host", "invalid domain", "domain is invalid", "bad domain", "bad destination host", "bad destination system", "destination domain*not", "nonexistentdomain", "non-existent domain", "nonexistent domain", "nxdomain", "non-existent host", "nonexistent host",
		"non-existing domain", "couldn't find any host", "could not find any host", "couldn't find a mail exchanger", "couldn't find host", "recipient domain*not found", "find the recipient domain", "dns hard error", "no mx record", "no mx or a", "no mail server", "no mx found", "no a record", "no a or mx", "no route found to domain", "no host found", "all relevant mx records point to non-existent", "name or service not known", "name not found", "no data record", "hostname unknown",
		"domain name system*not", "unable to find domain", "could not find domain", "domain isn't", "no valid mx", "mx lookup fail", "mx record*not", "does not resolve", "illegal host/domain", "illegal domain", "domain missing", "domain must resolve", "no dns information", "no servers", "no address associated", "unresolvable", "unable to route", "unroutable", "unrouteable", "no route to domain", "cannot route", "not route", "domain name does not",
		"domain não existe", "dominio no existe", "domaine inconnu", "unbekannte domain", "домен не",
	}},
	{name: "loop", reason: Network, text: []string{"loop", "too many hops", "hop count", "too many received", "routing loop", "maximum hop", "best-preference mx", "mx record points to local", "exceeded 50 hops", "delivered-to line", "points back to"}},
	{name: "expired", reason: Expired, text: []string{
		"expired", "retry timeout", "retry time", "could not be delivered for", "couldn't be delivered for", "been in the queue too long", "in the queue too long", "too old", "delivery time", "giving up", "give up", "time limit specified", "not delivered within", "undelivered for", "undeliverable for", "queued for", "queue lifetime", "exceeded lifetime", "message timeout", "timed out*deliver", "unable to deliver within", "failing for a long time",
		"were unable to deliver*hours", "delivery timed out", "delayed", "delay", "attempts*failed", "delivery attempts", "maximum retries", "retries exceeded", "will be deleted from queue", "no longer be retried", "still being retried", "not yet been delivered", "message was not delivered*within",
	}},
	{name: "network", reason: Network, text: []string{
		"connection refused", "connection timed out", "connection timeout", "connection time-out", "connect timeout", "connect to*timed out", "connection was dropped", "connection dropped", "connection reset", "connection lost", "lost connection", "connection closed", "connection broken", "connection was refused", "connection attempt", "connection failed", "connection failure", "connection died", "connection terminated", "connection error", "unable to connect", "could not connect",
		"couldn't connect", "can't connect", "cannot connect", "failed to connect", "did not accept our requests to connect", "no route to host", "network is unreachable", "network unreachable", "host unreachable", "host is unreachable", "host is down", "host down", "not reach", "unreachable", "remote host*not respond", "didn't respond", "did not respond", "not responding", "no response", "no answer from host", "answer from host", "bad connection", "establish an smtp connection", "establish a connection", "network error",
		"conversation with", "timed out", "timeout", "time-out", "time out", "broken pipe", "closed the connection", "dropped connection", "unexpectedly closed", "connection with", "communications failure", "communication failure", "i/o error", "socket", "tcp", "connection interrupted", "greeting failed", "server dropped", "read error", "write error", "no connection", "network trouble", "congest",
	}},
	{name: "system-full", reason: Server, text: []string{
		"insufficient system", "insufficient disk", "insufficient storage", "insufficient space", "insufficient resources", "out of disk", "disk full", "disk is full", "no space left", "low on space", "low on disk", "not enough disk", "no disk space", "system full", "mail system full", "out of memory", "out of swap", "resources temporarily", "resources unavailable", "out of resources", "system resources", "system storage",
		"server is full", "no resources", "insufficient memory", "file too large", "server out of",
	}},
	{name: "server-trouble", reason: Server, text: []string{
		"internal error", "internal server error", "internal system error", "system error", "server error", "local error", "software error", "configuration error", "configuration problem", "misconfigur", "server configuration", "local problem", "temporary local", "temporary error", "temporary failure", "temporarily unavailable", "temporary problem", "temporary system", "temporary deferral", "temporarily deferred", "temporarily rejected", "service temporarily", "service not available", "service currently", "service is not available",
		"service unavailable - try", "currently unavailable", "try again", "try later", "retry later", "retry again", "please retry", "technical", "maintenance", "shutting down", "system down", "server down", "is down", "not accepting messages", "not accepting network messages", "mail server temporarily", "server temporarily", "backend", "database", "ldap", "mysql", "sql ", "queue file", "queue is", "spool", "mailer error", "died with", "command failed", "command output", "pipe", "child process",
		"exit status", "exit code", "permission denied", "can't create", "cannot create", "unable to create", "can't open", "cannot open", "unable to open", "can't write", "cannot update mailbox", "delivery agent", "local delivery failed", "mailbox busy", "mailbox locked", "mailbox is busy", "mailbox in use", "overload", "server is busy", "system is busy", "too busy", "busy", "system load", "load average", "load too high", "high load", "general failure", "unexpected", "exception", "crash", "unknown error", "unknown failure",
		"out of order", "lmtp", "not possible at this time", "at this time", "please come back", "later", "unable to deliver this message at", "wrong owner", "procmail", "maildrop", "dovecot", "mailserver error", "memory", "processing error", "error in processing", "error writing", "storage error", "not ready",
		"storedrv", "x-unix", "operation timed", "mail system problem", "subsystem",
	}},
}
