package oauth

import (
	"slices"
)

// Provider is where a log-in is allowed, and what for.
type Provider struct {
	Name      string
	AuthURL   string
	TokenURL  string
	DeviceURL string // "" where there is no device flow for mail
	Scopes    []string
}

// Providers are those known by name.
func Providers() []Provider {
	return []Provider{
		// Google's device flow does not give the scope for mail:
		// developers.google.com/identity/protocols/oauth2/limited-input-device#allowedscopes
		{ // #nosec G101 -- addresses
			Name:    "google",
			AuthURL: "https://accounts.google.com/o/oauth2/v2/auth", TokenURL: "https://oauth2.googleapis.com/token",
			Scopes: []string{"https://mail.google.com/"},
		},
		// learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth
		{ // #nosec G101 -- addresses
			Name:      "microsoft",
			AuthURL:   "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
			TokenURL:  "https://login.microsoftonline.com/common/oauth2/v2.0/token",
			DeviceURL: "https://login.microsoftonline.com/common/oauth2/v2.0/devicecode",
			Scopes: []string{
				"https://outlook.office.com/IMAP.AccessAsUser.All", "https://outlook.office.com/SMTP.Send", "offline_access",
			},
		},
	}
}

// Named returns the provider of that name.
func Named(name string) (Provider, bool) {
	all := Providers()
	i := slices.IndexFunc(all, func(p Provider) bool { return p.Name == name })
	if i < 0 {
		return Provider{}, false
	}
	return all[i], true
}
