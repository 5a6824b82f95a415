package relay

import "errors"

// Exit statuses of sendmail, from sysexits.h. Cron, mutt and git send-email
// decide by them whether to try again.
const (
	ExOK          = 0
	ExUsage       = 64 // wrong command line
	ExDataErr     = 65 // the message or an address is wrong
	ExNoInput     = 66
	ExNoUser      = 67
	ExNoHost      = 68
	ExUnavailable = 69
	ExSoftware    = 70
	ExOSErr       = 71
	ExCantCreat   = 73
	ExIOErr       = 74
	ExTempFail    = 75 // not accepted now; try again
	ExNoPerm      = 77
	ExConfig      = 78
)

// exits says what an error of Prepare or Submit means for the caller of
// sendmail.
var exits = []struct {
	err    error
	status int
}{
	{ErrUsage, ExUsage},
	{ErrNoRecipients, ExUsage},
	{ErrAddress, ExDataErr},
	{ErrTooLarge, ExDataErr},
	{ErrLineEndings, ExDataErr},
	{ErrUnsigned, ExDataErr},
	{ErrLoop, ExUnavailable},
	{ErrNoSender, ExConfig},
}

// SendmailExit returns the exit status for what Prepare or Submit returned.
// What is nobody's mistake (a full disk, a locked database) is temporary: the
// caller keeps the message and tries again.
func SendmailExit(err error) int {
	if err == nil {
		return ExOK
	}
	for _, e := range exits {
		if errors.Is(err, e.err) {
			return e.status
		}
	}
	return ExTempFail
}
