package mailbox

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"

	"github.com/emersion/go-imap/v2"
)

// What can go wrong with an IMAP account, as far as a caller decides on it.
// Every error says in its text what was tried, at which server, and what to do.
var (
	// ErrTemporary: the network or the server is down or busy; the same may
	// work later. The session, if there was one, is over.
	ErrTemporary = errors.New("try again later")

	ErrLogin       = errors.New("the server refuses the user name or the password (some providers want an app password)")
	ErrCertificate = errors.New("its certificate is not accepted")
	ErrToken       = errors.New("the server does not accept the OAuth log-in (does user belong to it, and is IMAP allowed there?)")
	ErrPlaintext   = errors.New("without TLS the password could be read on the way (use TLS or STARTTLS, or allow plaintext for this account)")
	ErrNoTLS       = errors.New("the server does not offer STARTTLS (use implicit TLS, port 993)")
	ErrNotTLS      = errors.New("the server does not speak TLS on this port (use port 993, or STARTTLS)")
	ErrNoFolder    = errors.New("no such folder")
	ErrReadOnly    = errors.New("the folder is open read-only, nothing in it is changed")
	ErrNoKeyword   = errors.New("the server cannot store the keyword " + Reported + " in this folder (configure a folder to move to, or nothing)")
	ErrNoMove      = errors.New("the server cannot move messages without expunging others, RFC 6851 (configure the flag, or nothing)")
	ErrNotSent     = errors.New("the server lists the message but does not send it")
	ErrNoSelect    = errors.New("no folder is selected")
)

// errorf says what was being done and why it failed. For which account, the
// caller knows.
func errorf(cause error, format string, args ...any) error {
	return fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), cause)
}

// explain turns an error of the network or of the library into one of ours.
func (s *Session) explain(ctx context.Context, err error, format string, args ...any) error {
	var status *imap.Error
	var cert *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	switch {
	case err == nil:
		return nil
	case context.Cause(ctx) != nil:
		return errorf(context.Cause(ctx), format, args...)
	case errors.As(err, &cert):
		return errorf(fmt.Errorf("%w: %w", ErrCertificate, cert.Err), format, args...)
	case errors.As(err, &record):
		return errorf(ErrNotTLS, format, args...)
	case errors.As(err, &status) && isTemporary(status):
		return errorf(fmt.Errorf("the server says %q, %w", status.Text, ErrTemporary), format, args...)
	case errors.As(err, &status):
		return errorf(&refusal{status}, format, args...)
	}
	// What the library makes of a broken connection says less than the break.
	if broken := s.conn.failure(); broken != nil {
		err = broken
	}
	return errorf(fmt.Errorf("connection lost (%s), %w", plainly(err), ErrTemporary), format, args...)
}

// explainDial is explain for an account that was not reached at all.
func (a Account) explainDial(ctx context.Context, err error) error {
	var dns *net.DNSError
	switch {
	case context.Cause(ctx) != nil:
		err = context.Cause(ctx)
	case errors.As(err, &dns) && dns.IsNotFound:
		err = errors.New("no such host (check the name of the server)")
	default:
		err = fmt.Errorf("%s, %w", plainly(err), ErrTemporary)
	}
	return errorf(err, "connect to %s", a.address())
}

// plainly says in a few words what a network error is about.
func plainly(err error) string {
	var op *net.OpError
	var call *os.SyscallError
	switch {
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return "closed by the server"
	case errors.Is(err, os.ErrDeadlineExceeded):
		return "no answer in time"
	case errors.As(err, &call): // without the name of the system call
		err = call.Err
	case errors.As(err, &op):
		err = op.Err
	}
	text, _, _ := strings.Cut(err.Error(), "\n")
	return text
}

// isTemporary reads the response codes of RFC 5530.
func isTemporary(status *imap.Error) bool {
	switch status.Code {
	case imap.ResponseCodeUnavailable, imap.ResponseCodeInUse, imap.ResponseCodeLimit, imap.ResponseCodeServerBug:
		return true
	}
	return status.Type == imap.StatusResponseTypeBye
}

// refusal is a NO or BAD of the server.
type refusal struct{ status *imap.Error }

// The text comes from outside: quoted, it cannot reach the terminal.
func (r *refusal) Error() string { return fmt.Sprintf("the server says %q", r.status.Text) }
func (r *refusal) Unwrap() error { return r.status }

// refused reports whether the server understood a command and said NO.
func refused(err error) bool {
	var r *refusal
	return errors.As(err, &r) && r.status.Type == imap.StatusResponseTypeNo
}
