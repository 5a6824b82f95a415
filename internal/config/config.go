package config

import (
	"time"
)

// Config is everything that can be set. The tags are the schema: toml is the
// key, default is its default (written as in the environment), check names
// the rule in the table rules that every value must pass.
type Config struct {
	// Where the ledger and the queue live: sqlite, in the state folder, or a PostgreSQL server as postgres://user@host:port/database, which several machines can share.
	Database string `toml:"database" default:"sqlite" check:"database"`
	// Password for the database server, in place of one in the URL.
	DatabaseSecret Secret `secret:"database_password"`

	Identity  Identity  `toml:"identity"`
	Accounts  []Account `toml:"account"`
	Lookup    Lookup    `toml:"lookup"`
	DNS       DNS       `toml:"dns"`
	Complaint Complaint `toml:"complaint"`
	Replies   Replies   `toml:"replies"`
	Relay     Relay     `toml:"relay"`
	Web       Web       `toml:"web"`
	Retention Retention `toml:"retention"`

	// File is the file that was read; empty when there was none.
	File string `toml:"-"`
}

// Retention is how long what is kept. 0s is for ever.
type Retention struct {
	// Texts of complaints, with the spam that they quote; 0s keeps them for good, as for the keys below.
	Texts time.Duration `toml:"texts" default:"0s" check:"not negative"`
	// Messages that were handled, with all that is known of them. A message that is forgotten is new when it is seen again.
	Ledger time.Duration `toml:"ledger" default:"0s" check:"not negative"`
	// Answers of desks, and reports about mail of the relay.
	Replies time.Duration `toml:"replies" default:"0s" check:"not negative"`
	// Mail of the relay that was delivered, dropped or given up.
	Relay time.Duration `toml:"relay" default:"0s" check:"not negative"`
}

// Identity is who complains: abuse desks answer to a person, not to a program.
type Identity struct {
	// Your name, or that of your team, under the complaints.
	Name string `toml:"name" check:"oneline"`
	// The address that complaints come from and that desks answer to. Needed before anything is sent.
	Email string `toml:"email" check:"email"`
	// The organisation that you complain for, if any.
	Organisation string `toml:"organisation" check:"oneline"`
}

// Web is the page that serve shows.
type Web struct {
	// Where the page is, as host:port. For others than this machine it needs TLS.
	Address string `toml:"address" default:"127.0.0.1:8025" check:"hostport"`
	// The address under which people reach the page through a proxy of yours, like https://spam.example.org. With https its cookies are for TLS only.
	URL string `toml:"url" check:"url"`
	// PEM file with the certificate and its chain.
	TLSCert string `toml:"tls_cert" check:"oneline"`
	// PEM file with its key.
	TLSKey string `toml:"tls_key" check:"oneline"`
	// Lets others than this machine reach the page without TLS. The password and everything on the page cross the network in the clear.
	AllowPlaintext bool `toml:"allow_plaintext" default:"false"`
	// How often serve examines every part for the check-up of the page, first a minute after its start. Each time it connects to your servers, the registries, blocklists, and port 25 of a large provider. 0s: only when somebody asks for it on the page.
	CheckUpEvery time.Duration `toml:"check_up_every" default:"1d" check:"not negative"`
	// Hash of the password, as serve --set-password makes it. When absent, the one that serve --set-password kept counts; without any, serve prints a link that signs in once.
	Hash Secret `secret:"password_hash"`
}
