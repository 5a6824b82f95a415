package main

import (
	"cmp"
	"context"
	"path/filepath"

	"spamreport/internal/config"
	"spamreport/internal/oauth"
)

// newSource gives the tokens of a log-in.
func newSource(o config.OAuth2, user, stateDir string) *oauth.Source {
	provider, _ := oauth.Named(o.Provider) // the configuration was checked
	provider.AuthURL = cmp.Or(o.AuthURL, provider.AuthURL)
	provider.TokenURL = cmp.Or(o.TokenURL, provider.TokenURL)
	provider.DeviceURL = cmp.Or(o.DeviceURL, provider.DeviceURL)
	if len(o.Scopes) > 0 {
		provider.Scopes = o.Scopes
	}
	client := &oauth.Client{Provider: provider, ID: o.ClientID, User: user}
	if !o.Secret.IsZero() {
		client.Secret = o.Secret.Get
	}
	return &oauth.Source{Client: client, Dir: filepath.Join(stateDir, "oauth2")}
}

// token is the way to an access token; nil where a password is used.
func token(o config.OAuth2, user, stateDir string) func(context.Context) (string, error) {
	if !o.Given() {
		return nil
	}
	return newSource(o, user, stateDir).Token
}
