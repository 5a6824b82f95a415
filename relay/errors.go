package relay

import "errors"

// Temporary is an error that may go away by itself: what was to be sent is
// still queued, and trying again later is all there is to do. A sendmail
// reports it as EX_TEMPFAIL.
type Temporary struct{ Err error }

func (t *Temporary) Error() string { return t.Err.Error() }

// Unwrap returns the cause.
func (t *Temporary) Unwrap() error { return t.Err }

// Mistakes in the configuration that only a person can repair. The mail stays
// queued meanwhile.
var (
	ErrNoRoute     = errors.New("nothing says how mail leaves this machine: set smarthost in [relay] (or, on a machine that delivers straight to the recipients' servers, helo to its public name); the mail stays queued")
	ErrAuthRefused = errors.New("the smarthost refused the log-in: check user and password in [relay], or log in anew with spamreport login; the mail stays queued")
	ErrCertificate = errors.New("the certificate of the smarthost cannot be trusted: check smarthost and ca_file in [relay]; the mail stays queued")
	ErrBlocked     = errors.New("no mail server could be reached so far: many home networks and clouds let no mail out, and then a smarthost in [relay] is the way")
	ErrPlaintext   = errors.New("the connection to the smarthost is not protected by TLS, so nothing is sent over it")
)
