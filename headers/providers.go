package headers

// providers are the big services whose traces are known. What they write of
// themselves is public: the names in their Received lines, the address ranges
// that they publish for SPF. See docs/headers.md on how to add one.
//
// The rows come from two files: mailbox providers and filters here, senders
// of bulk and transactional mail in senders.go.
var providers = append(mailboxProviders, bulkSenders...)

var mailboxProviders = []provider{
	{
		name:     "Microsoft",
		complete: true,
		hosts:    []string{"outlook.com", "office365.com", "exchangelabs.com", "hotmail.com", "outlook.cn", "office365.us", "phx.gbl"},
		inner: []string{
			"*.outlook.com", "*.exchangelabs.com", "*.outlook.office365.com", "*.office365.us", "*.outlook.cn",
			"*.mgd.msft.net",
		},
		// Exchange Online numbers its hosts from the networks whose second
		// group ends in 6; those of its Azure customers end otherwise.
		// 25.0.0.0/8 is not routed and served as a private network for years.
		innerNets: prefixes("2603:1006::/32", "2603:1016::/32", "2603:1026::/32", "2603:1036::/32", "2603:1046::/32",
			"2603:1056::/32", "2603:1066::/32", "2603:1076::/32", "2603:1086::/32", "2603:1096::/32", "2603:10a6::/32",
			"2603:10b6::/32", "2603:10c6::/32", "2603:10d6::/32", "2603:10e6::/32", "2603:10f6::/32",
			"2a01:111:f400::/48", "2a01:111:f403::/48", "2a01:111:e400::/48", "25.0.0.0/8",
			"2001:489a:200::/40", "2406:e500:4000::/34"), // for the US government, and in China
		outbound: []string{"*.outbound.protection.outlook.com", "*.outbound.mail.protection.outlook.com",
			"*.outbound.protection.office365.us", "*.outbound.protection.partner.outlook.cn"},
		outNets: prefixes("40.92.0.0/15", "40.107.0.0/16", "52.100.0.0/14", "104.47.0.0/17",
			"2a01:111:f400::/48", "2a01:111:f403::/48"),
		clients: []clientForm{
			{by: "*.mail.protection.outlook.com", with: []string{"Microsoft SMTP Server"}, id: exchangeOnlineID, what: "a connector or another mail system"},
			{by: "*.prod.outlook.com", with: []string{"Microsoft SMTP Server"}, id: exchangeOnlineID, what: "an authenticated client"},
			{by: "*.prod.exchangelabs.com", with: []string{"Microsoft SMTP Server"}, id: exchangeOnlineID, what: "an authenticated client"},
		},
		evidence: []string{
			"X-MS-Exchange-CrossTenant-Id", "X-MS-Office365-Filtering-Correlation-Id",
			"X-MS-Exchange-CrossTenant-OriginalAttributedTenantConnectingIp", "X-Originating-IP",
		},
		sealers: []string{"protection.outlook.com", "mx.microsoft.com", "microsoft.com", "outlook.com"},
	},
	{
		name:     "Google",
		complete: true,
		hosts:    []string{"google.com", "gmail.com", "googlemail.com"},
		outbound: []string{"mail-*.google.com"},
		outNets:  prefixes("209.85.128.0/17", "74.125.82.0/24", "2607:f8b0:4864::/48", "2a00:1450:4864::/48", "2404:6800:4864::/48"),
		clients: []clientForm{
			{by: "smtp.gmail.com", with: []string{"ESMTPSA", "ESMTPA"}, id: googleID, what: "an authenticated client"},
			{by: "smtp-relay.gmail.com", with: []string{"ESMTPS", "ESMTP", "ESMTPSA"}, id: googleID, what: "a Workspace relay client"},
			{by: "gmr-mx.google.com", with: []string{"ESMTPS", "ESMTP"}, id: googleID, what: "a writer to a group"},
			{by: "mx.google.com", with: []string{"ESMTPS", "ESMTP", "SMTP", "SMTPS"}, id: googleID, what: "another mail server"},
		},
		evidence: []string{"X-Google-Smtp-Source", "Feedback-ID"},
		sealers:  []string{"google.com"},
	},
	{
		name:     "Yahoo",
		hosts:    []string{"yahoo.com", "yahoodns.net", "aol.com", "yahoo.co.jp"},
		outbound: []string{"sonic*.yahoo.com", "*.bullet.mail.*yahoo.com", "omr-*.mx.aol.com", "*.mail.aol.com"},
		outNets: prefixes("66.163.184.0/21", "74.6.128.0/21", "77.238.176.0/22", "87.248.110.0/24", "98.137.64.0/21",
			"106.10.240.0/22", "188.125.68.0/22", "98.136.0.0/15"),
		clients: []clientForm{
			{by: "*.mail.*yahoo.com", with: []string{"HTTP"}, what: "a browser"},
			{by: "*.mx.aol.com", with: []string{"ESMTP"}, what: "an authenticated client"},
		},
		evidence: []string{"X-Apparently-From", "X-Rocket-Received", "X-Originating-IP"},
		sealers:  []string{"yahoo.com", "aol.com"},
	},
	{
		name:     "Apple iCloud",
		complete: true,
		hosts:    []string{"me.com", "icloud.com", "mac.com", "apple.com"},
		// The hosts where mail comes in; others send for its customers too.
		inner:     []string{"*-smtpin*.me.com", "*-smtpin*.mac.com", "*-qukt*.me.com"},
		innerNets: prefixes("17.0.0.0/8"),
		outbound:  []string{"*-asmtp-me-*", "outbound.*", "*.pp.apple.com", "*.eps.apple.com", "*.asmtp-me-0.apple.com"},
		outNets:   prefixes("17.0.0.0/8", "57.103.64.0/18"),
		clients: []clientForm{
			{by: "*.me.com", with: []string{"ESMTPSA"}, what: "an authenticated client"},
			{by: "p*-icloudmta-asmtp-*", with: []string{"ESMTPSA"}, what: "an authenticated client"},
		},
		steps:   []string{"p*-icloudmta-*", "p*-mailgateway-*"},
		sealers: []string{"icloud.com", "apple.com", "mac.com"},
	},
	{
		name:     "Zoho",
		hosts:    []string{"zoho.com", "zohomail.com", "zoho.eu", "zoho.in", "zohomail.eu", "zohomail.in"},
		outbound: []string{"sender*.zohomail.*", "sender*.zoho.*", "sender-*.zoho*"},
		outNets:  prefixes("136.143.160.0/19", "204.141.32.0/23", "135.84.80.0/22", "185.20.208.0/22", "165.173.128.0/18", "169.148.128.0/18"),
		clients: []clientForm{
			{by: "mx.zoho*", with: []string{"SMTP", "SMTPS", "ESMTPSA"}, what: "an authenticated client"},
			{by: "mail.zoho.*", with: []string{"HTTP"}, what: "a browser"},
		},
		evidence: []string{"X-ZohoMailClient"},
		sealers:  []string{"zohomail.com", "zoho.com"},
	},
	{
		name:     "Proton",
		hosts:    []string{"protonmail.ch", "proton.ch", "proton.me", "protonmail.com", "mail-europe.com"},
		outbound: []string{"mail-*.protonmail.ch", "mail-*.proton.ch", "mail-*.mail-europe.com"},
		outNets:  prefixes("185.70.40.0/22", "79.135.106.0/24", "109.224.244.0/24"),
		sealers:  []string{"protonmail.ch", "proton.me"},
	},
	{
		name:     "Fastmail",
		complete: true,
		hosts:    []string{"messagingengine.com", "fastmail.com", "fastmail.fm", "nyi.internal", "phl.internal", "stl.internal", "west.internal"},
		outbound: []string{"out*.messagingengine.com", "*-smtp.messagingengine.com"},
		outNets:  prefixes("66.111.4.0/24", "103.168.172.0/24", "64.147.123.0/24", "202.12.124.0/24"),
		clients: []clientForm{
			{by: "mail.messagingengine.com", with: []string{"ESMTPA", "ESMTPSA"}, what: "an authenticated client"},
		},
		evidence: []string{"X-ME-Sender", "Feedback-ID"},
		sealers:  []string{"messagingengine.com"},
	},
	{
		name:     "GMX, web.de and IONOS",
		hosts:    []string{"gmx.net", "gmx.com", "web.de", "kundenserver.de", "perfora.net", "server.lan", "mail.com"},
		outbound: []string{"mout.*", "mout-*"},
		outNets:  prefixes("212.227.15.0/24", "212.227.17.0/24", "212.227.126.128/25", "82.165.159.0/24", "217.72.192.64/26", "74.208.4.192/26", "74.208.5.64/26"),
		clients: []clientForm{
			{by: "mail.gmx.*", with: []string{"ESMTPSA", "ESMTPA", "SMTP"}, what: "an authenticated client"},
			{by: "smtp.web.de", with: []string{"ESMTPSA", "ESMTPA"}, what: "an authenticated client"},
			{by: "mrelay*.kundenserver.de", with: []string{"ESMTPSA", "ESMTPA"}, what: "an authenticated client"},
			{by: "*.server.lan", with: []string{"", "HTTP"}, what: "a browser"},
		},
		evidence: []string{"X-Provags-ID", "X-UI-Out-Filterresults"},
		sealers:  []string{"gmx.net", "web.de", "kundenserver.de"},
	},
	{
		name:     "Mail.ru",
		hosts:    []string{"mail.ru", "bk.ru", "list.ru", "inbox.ru"},
		outbound: []string{"smtp*.mail.ru", "fallback*.mail.ru", "*.i.mail.ru", "send*.i.mail.ru"},
		outNets:  prefixes("94.100.176.0/20", "217.69.128.0/20", "128.140.168.0/21", "185.30.176.0/22", "95.163.32.0/22"),
		clients: []clientForm{
			{by: "smtp*.mail.ru", with: []string{"esmtpa", "esmtpsa"}, id: byEximID, what: "an authenticated client"},
			{by: "*.i.mail.ru", with: []string{"esmtpa", "esmtpsa"}, id: byEximID, what: "an authenticated client"},
		},
		evidence: []string{"X-Mras", "X-Originating-IP"},
		sealers:  []string{"mail.ru"},
	},
	{
		name:      "Yandex",
		complete:  true,
		hosts:     []string{"yandex.net", "yandex.ru", "yandex.com"},
		inner:     []string{"*.yandex.net"},
		innerNets: prefixes("2a02:6b8::/29"),
		outbound:  []string{"forward*.mail.yandex.net"},
		outNets:   prefixes("77.88.0.0/18", "5.45.192.0/19", "37.140.128.0/18", "87.250.224.0/19", "93.158.128.0/18", "95.108.128.0/17", "178.154.128.0/17", "213.180.192.0/19", "2a02:6b8::/29"),
		clients: []clientForm{
			{by: "smtp*.mail.yandex.net", with: []string{"ESMTPSA", "ESMTPA"}, what: "an authenticated client"},
			{by: "*.yandex.net", with: []string{"ESMTPSA", "ESMTPA"}, what: "an authenticated client"},
		},
		evidence: []string{"X-Yandex-Fwd"},
		sealers:  []string{"yandex.net", "yandex.ru"},
	},
	{
		name:     "Tencent QQ Mail",
		hosts:    []string{"qq.com", "exmail.qq.com"},
		outbound: []string{"out*.mail.qq.com", "smtpbg*.qq.com", "*.mail.qq.com"},
		clients: []clientForm{
			{by: "*.qq.com", with: []string{"SMTP", "ESMTP"}, what: "an authenticated client"},
		},
		evidence:     []string{"X-QQ-mid", "X-Originating-IP"},
		originHeader: "X-Originating-IP",
		sealers:      []string{"qq.com"},
	},
	{
		name:     "NetEase",
		hosts:    []string{"163.com", "126.com", "yeah.net", "188.com"},
		outbound: []string{"m*.mail.163.com", "m*.mail.126.com", "mail-m*.163.com", "mail-m*.qiye.163.com", "m*.163.com"},
		outNets:  prefixes("220.181.12.0/22", "123.126.96.0/23", "117.135.210.0/24", "123.58.177.0/24"),
		steps:    []string{"smtp1", "smtp2", "smtp3", "smtp4", "smtp5", "smtp6", "smtp7", "smtp8", "ajax-webmail-*", "gzga-smtp-*", "zwqz-smtp-*"},
		clients: []clientForm{
			{by: "smtp*", with: []string{"SMTP"}, what: "an authenticated client"},
			{by: "gzga-smtp-*", with: []string{"SMTP"}, what: "an authenticated client"},
			{by: "zwqz-smtp-*", with: []string{"SMTP"}, what: "an authenticated client"},
			{by: "ajax-webmail-*", with: []string{""}, what: "a browser"},
		},
		evidence:     []string{"X-CM-SenderInfo", "X-Originating-IP"},
		originHeader: "X-Originating-IP",
		sealers:      []string{"163.com"},
	},
	{
		name:     "Naver",
		hosts:    []string{"naver.com", "nm", "navercorp.com"},
		outbound: []string{"cvsmtppost*.nm.naver.com", "*.nm.naver.com", "*.mail.naver.com"},
		outNets:  prefixes("125.209.192.0/18", "114.111.32.0/19"),
		sealers:  []string{"naver.com"},
	},
	{
		name:     "Comcast",
		hosts:    []string{"comcast.net"},
		outbound: []string{"resqmta-*.comcast.net", "*.sys.comcast.net", "qmta*.emeryville.ca.mail.comcast.net"},
		outNets:  prefixes("96.102.18.0/23", "96.102.200.0/24", "96.103.146.0/24", "96.114.154.0/24", "69.252.207.0/24"),
		clients: []clientForm{
			{by: "resomta-*.comcast.net", with: []string{"ESMTPSA", "ESMTPA"}, what: "an authenticated client"},
		},
		evidence:     []string{"X-Originating-IP"},
		originHeader: "X-Originating-IP",
	},
	{
		name:     "T-Online",
		hosts:    []string{"t-online.de"},
		outbound: []string{"mailout*.t-online.de"},
		outNets:  prefixes("194.25.134.0/24"),
		clients:  []clientForm{{by: "fwd*.t-online.de", with: []string{"esmtpa", "esmtp", "esmtpsa"}, what: "an authenticated client"}},
	},
	{
		name:     "Orange",
		hosts:    []string{"orange.fr", "wanadoo.fr"},
		outbound: []string{"smtp-*.smtpout.orange.fr", "out.smtpout.orange.fr", "*.smtpout.orange.fr"},
		outNets:  prefixes("80.12.242.0/24", "193.252.22.0/24"),
		clients:  []clientForm{{by: "smtp.orange.fr", with: []string{"ESMTPA", "ESMTPSA"}, what: "an authenticated client"}},
	},
	{
		name:     "OVH",
		hosts:    []string{"ovh.net", "ovh.com"},
		outbound: []string{"*.mail-out.ovh.net", "*.mail-out.ovh.com"},
		evidence: []string{"X-Ovh-Tracer-Id", "X-Originating-IP"},
		clients:  []clientForm{{by: "*.ovh.net", with: []string{"ESMTPSA", "ESMTPA"}, what: "an authenticated client"}},
	},
	{
		name:     "Rackspace Email",
		hosts:    []string{"emailsrvr.com"},
		outbound: []string{"smtp*.emailsrvr.com", "*.relay.*.emailsrvr.com"},
		evidence: []string{"X-Auth-ID", "X-Originating-IP"},
		clients:  []clientForm{{by: "smtp*.relay.*", with: []string{"ESMTPSA", "ESMTPA"}, what: "an authenticated client"}},
	},
	{
		name:     "GoDaddy",
		hosts:    []string{"secureserver.net"},
		outbound: []string{"*plsmtp*.prod.*.secureserver.net", "*plsmtp*.secureserver.net", "*plwbeout*.secureserver.net"},
		clients:  []clientForm{{by: "*plsmtp*", with: []string{"ESMTPSA", "ESMTPA"}, what: "an authenticated client"}},
		evidence: []string{"X-Originating-IP", "X-Source-IP"},
	},

	// Filters: they stand before one side or behind the other. Trust tells.
	{
		name:     "Mimecast",
		hosts:    []string{"mimecast.com", "mimecast-offshore.com", "mimecast.co.za"},
		outbound: []string{"*-smtp-delivery-*.mimecast.com", "*-smtp-1.mimecast.com", "*-smtp-delivery-*.mimecast.co.za"},
		outNets: prefixes("205.139.110.0/23", "207.211.30.0/24", "63.128.21.0/24", "170.10.128.0/20", "216.205.24.0/24",
			"146.101.78.0/24", "207.82.80.0/24", "185.58.84.0/22", "194.104.108.0/22"),
		clients: []clientForm{{by: "relay.mimecast.com", with: []string{"ESMTP", "ESMTPS"}, what: "its customer's mail server"}},
	},
	{
		name:     "Proofpoint",
		hosts:    []string{"pphosted.com", "ppops.net", "ppe-hosted.com", "proofpoint.com"},
		inner:    []string{"*.ppops.net", "*.pphosted.com"},
		outbound: []string{"mx*.pphosted.com", "*.ppe-hosted.com"},
		outNets:  prefixes("67.231.144.0/20", "148.163.128.0/19", "205.220.160.0/19", "185.132.180.0/22", "185.183.28.0/22", "91.207.212.0/24"),
		clients:  []clientForm{{by: "*.pphosted.com", with: []string{"ESMTP", "ESMTPS"}, what: "its customer's mail server"}},
	},
	{
		name:     "Barracuda",
		hosts:    []string{"barracudanetworks.com", "ess.barracuda.com", "cudaops.com"},
		outbound: []string{"outbound-*.ess.barracuda.com", "*.ess.barracudanetworks.com", "outbound-*.barracudanetworks.com"},
		outNets:  prefixes("64.235.144.0/20", "209.222.80.0/21"),
		clients:  []clientForm{{by: "*.ess.barracudanetworks.com", with: []string{"ESMTP", "ESMTPS"}, what: "its customer's mail server"}},
	},
	{
		name:     "Symantec MessageLabs",
		hosts:    []string{"messagelabs.com", "symcld.net"},
		outbound: []string{"mail*.messagelabs.com", "mail*.bemta*.messagelabs.com"},
		outNets:  prefixes("67.219.240.0/20", "85.158.136.0/21", "193.109.254.0/23", "194.106.220.0/23", "195.245.230.0/23", "216.82.240.0/20", "117.120.16.0/21", "46.226.48.0/21"),
		clients:  []clientForm{{by: "server-*.messagelabs.com", with: []string{"SMTP", "ESMTP"}, what: "its customer's mail server"}},
	},
	{
		name:     "Trend Micro",
		hosts:    []string{"trendmicro.com", "tmems-trendmicro.com", "trendmicro.eu"},
		outbound: []string{"out*.trendmicro.com", "*.tmes.trendmicro.com", "repost01.tmes.trendmicro.com"},
		clients:  []clientForm{{by: "*.trendmicro.com", with: []string{"ESMTPS", "ESMTP"}, what: "its customer's mail server"}},
	},
	{
		name:     "Sophos",
		hosts:    []string{"sophos.com"},
		outbound: []string{"*.hydra.sophos.com"},
		clients:  []clientForm{{by: "*.hydra.sophos.com", with: []string{"ESMTPS", "ESMTP"}, what: "its customer's mail server"}},
	},
	{
		name:     "Cisco Secure Email",
		hosts:    []string{"iphmx.com"},
		outbound: []string{"esa*.iphmx.com"},
		outNets:  prefixes("68.232.128.0/19", "216.71.128.0/19", "139.138.32.0/19"),
		clients:  []clientForm{{by: "*.iphmx.com", with: []string{"ESMTP"}, what: "its customer's mail server"}},
	},
	{
		name:     "SpamExperts",
		hosts:    []string{"antispamcloud.com", "spamexperts.com", "mtaroutes.com"},
		outbound: []string{"*.antispamcloud.com", "*.spamexperts.com"},
		clients:  []clientForm{{by: "*.antispamcloud.com", with: []string{"esmtp", "esmtps", "esmtpa", "esmtpsa"}, id: byEximID, what: "its customer's mail server"}},
	},
	{
		name:     "Hornetsecurity",
		hosts:    []string{"hornetsecurity.com", "antispameurope.com"},
		outbound: []string{"mx-relay*.antispameurope.com", "*.hornetsecurity.com", "relay*.antispameurope.com"},
		outNets:  prefixes("94.100.128.0/20", "83.246.65.0/24", "185.140.204.0/22", "173.45.18.0/24"),
		clients:  []clientForm{{by: "*.antispameurope.com", with: []string{"ESMTP", "ESMTPS"}, what: "its customer's mail server"}},
	},
}
