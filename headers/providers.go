package headers

var providers = []provider{
	{
		name:  "Microsoft",
		hosts: []string{"outlook.com", "office365.com", "exchangelabs.com", "hotmail.com"},
		inner: []string{
			"*.prod.outlook.com", "*.prod.exchangelabs.com", "*.prod.protection.outlook.com",
			"*.outlook.office365.com", "*.mail.protection.outlook.com",
		},
		innerNets: prefixes("2603:1006::/32", "2603:1016::/32", "2603:1026::/32", "2603:1036::/32",
			"2603:1046::/32", "2603:1056::/32", "2603:1066::/32", "2603:1076::/32", "2603:1086::/32", "2603:1096::/32",
			"2603:10a6::/32", "2603:10b6::/32", "2603:10c6::/32", "2603:10d6::/32", "2603:10e6::/32", "2603:10f6::/32",
			"2a01:111:f400::/48", "2a01:111:f403::/48", "25.0.0.0/8"),
		outbound: []string{"*.outbound.protection.outlook.com", "*.outbound.mail.protection.outlook.com"},
		outNets: prefixes("40.92.0.0/15", "40.107.0.0/16", "52.100.0.0/14", "104.47.0.0/17",
			"2a01:111:f400::/48", "2a01:111:f403::/48"),
	},
	{
		name:     "Google",
		hosts:    []string{"google.com", "gmail.com"},
		outbound: []string{"mail-*.google.com"},
		outNets:  prefixes("209.85.128.0/17", "2607:f8b0:4864::/48", "2a00:1450:4864::/48"),
	},
}
