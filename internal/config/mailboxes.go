package config

// Account is one mailbox on an IMAP server that sweep and watch read.
type Account struct {
	// How you call the account on the command line; the host of the server when absent.
	Name string `toml:"name" check:"oneline"`
	// IMAP server as host or host:port. Without a port it is 993, or 143 with tls = "starttls" or "none".
	Server string `toml:"server" check:"server"`
	// How the connection is protected: implicit (TLS from the first octet), starttls or none. When absent: starttls for port 143, none for any port of this machine but 143 and 993, otherwise implicit.
	TLS string `toml:"tls" check:"one of: implicit starttls none"`
	// Allows tls = "none" to a host other than this one. The password crosses the network in the clear.
	AllowPlaintext bool `toml:"allow_plaintext" default:"false"`
	// PEM file with the certificate authority of the server, when it is a private one.
	CAFile string `toml:"ca_file" check:"oneline"`
	// Login name.
	User string `toml:"user" check:"oneline"`
	// Password of the login.
	Secret Secret `secret:"password"`
	// Log-in by OAuth 2.0 in place of a password.
	OAuth2 OAuth2 `toml:"oauth2"`
	// Folders to read.
	Folders []string `toml:"folders" default:"Junk" check:"oneline"`
	// What happens to a message once its complaint is safe on disk: flag (the keyword $SpamReported), move:FOLDER or nothing.
	After string `toml:"after" default:"flag" check:"after"`
	// Mail servers of yours whose Received lines can be believed: addresses, networks or domains.
	Trust []string `toml:"trust" check:"trust"`
	// Who forwards spam to this account as attachments: addresses, or @domain for all of a domain. With it, what they enclose is reported, and nothing else in the folders is (docs/recipes.md).
	Unpack []string `toml:"unpack" check:"forwarder"`
}

// OAuth2 is a log-in that a person allows once, with: spamreport login. It
// takes a client ID that you register with the provider.
type OAuth2 struct {
	// The provider: google or microsoft. For another one give the addresses below.
	Provider string `toml:"provider" check:"one of: google microsoft"`
	// Client ID, as the provider gave it to you.
	ClientID string `toml:"client_id" check:"oneline"`
	// Client secret, where the provider gave one.
	Secret Secret `secret:"client_secret"`
	// Where the person allows the log-in (authorization endpoint, RFC 6749).
	AuthURL string `toml:"auth_url" check:"url"`
	// Where tokens come from (token endpoint).
	TokenURL string `toml:"token_url" check:"url"`
	// Where codes for other devices come from (RFC 8628), if anywhere.
	DeviceURL string `toml:"device_url" check:"url"`
	// What is asked for; the provider's words for mail when absent.
	Scopes []string `toml:"scopes" check:"oneline"`
}

// Given reports whether there is such a log-in.
func (o OAuth2) Given() bool { return o.ClientID != "" || o.Provider != "" || o.TokenURL != "" }

// Replies is where the answers to complaints come in.
type Replies struct {
	// The account, by its name, that answers come to: that of identity.email. sweep reads them there and changes nothing; without it, no answers are read.
	Account string `toml:"account" check:"oneline"`
	// Its folder.
	Folder string `toml:"folder" default:"INBOX" check:"oneline"`
}
