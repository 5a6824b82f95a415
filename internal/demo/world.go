package demo

import (
	"context"
	"crypto/tls"
	_ "embed" // the configuration
	"errors"
	"path/filepath"
	"strings"
	"text/template"
	"time"

	"spamreport/internal/replay"
)

// World is the servers of the demo, all on loopback.
type World struct {
	dir      string
	cert     tls.Certificate
	mailbox  *imapServer
	desk     *desk
	registry *replay.Server
}

// Password opens the mailbox and the smarthost. The configuration takes it
// from the variable MAIL_PASSWORD.
const Password = "not-a-secret"

const demoUser = "you"

// Start starts the servers. What they need on disk goes to dir.
func Start(ctx context.Context, dir string) (*World, error) {
	w := &World{dir: dir}
	if err := w.start(ctx); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

func (w *World) start(ctx context.Context) (err error) {
	if w.cert, err = selfSigned(w.caFile()); err != nil {
		return err
	}
	now := time.Now()
	spam, err := Spam(now)
	if err != nil {
		return err
	}
	folders := map[string][][]byte{"INBOX": Ordinary(now), "Junk": spam, "Empty": nil}
	if w.mailbox, err = startIMAP(w.cert, demoUser, Password, folders); err != nil {
		return err
	}
	if w.desk, err = startDesk(w.cert, demoUser, Password); err != nil {
		return err
	}
	w.registry, err = replay.Start(ctx, replay.Sample())
	return err
}

func (w *World) caFile() string { return filepath.Join(w.dir, "ca.pem") }

// Close stops the servers.
func (w *World) Close() error {
	return errors.Join(w.StopMailbox(), w.StopDesk(), w.StopRegistries())
}

// StopMailbox, StopDesk and StopRegistries take one server away, to see what
// happens then. Stopping twice is fine.
func (w *World) StopMailbox() error {
	if w.mailbox == nil {
		return nil
	}
	return w.mailbox.Close()
}

// StopDesk stops the smarthost in front of the abuse desks.
func (w *World) StopDesk() error {
	if w.desk == nil {
		return nil
	}
	return w.desk.Close()
}

// StartDesk starts it again, on the same address.
func (w *World) StartDesk() error { return w.desk.listen(w.cert) }

// StopRegistries stops RDAP and WHOIS.
func (w *World) StopRegistries() error {
	if w.registry != nil {
		w.registry.Close()
	}
	return nil
}

// Deliveries returns the complaints that arrived at the abuse desks.
func (w *World) Deliveries() []Delivery { return w.desk.Deliveries() }

// Arrive puts a message into a folder of the mailbox.
func (w *World) Arrive(folder string, raw []byte) error {
	return deliver(w.mailbox.account, folder, raw)
}

// TOML is the configuration that points at the servers. It is the only
// difference between the demo and a run in earnest.
func (w *World) TOML() string {
	var b strings.Builder
	err := configuration.Execute(&b, map[string]any{
		"User": demoUser, "CA": w.caFile(), "IMAP": w.mailbox.addr, "SMTP": w.desk.addr,
		"Bootstrap": w.registry.BootstrapURL(), "WHOIS": w.registry.WHOISHosts(),
	})
	if err != nil {
		panic("demo: embedded configuration: " + err.Error()) // a build fault
	}
	return b.String()
}

//go:embed config.toml
var configText string

var configuration = template.Must(template.New("config.toml").Parse(configText))
