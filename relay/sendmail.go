package relay

import (
	"errors"
	"fmt"
	"strings"
)

// SendmailArgs is what a command line of sendmail asks for.
type SendmailArgs struct {
	Mode       SendmailMode
	FromHeader bool   // -t: take the recipients from the header as well
	From       string // -f or -r: envelope sender, "<>" for the null reverse-path
	FromName   string // -F: display name for a From that is added
	IgnoreDots bool   // -i or -oi: a line with a single dot does not end the message
	Verbose    bool   // -v
	QueueOnly  bool   // -odq or -odd: do not try to deliver yet
	DSN        DSN    // -R and -V
	Notify     string // -N
	Recipients []string
}

// SendmailMode is what sendmail is asked to be.
type SendmailMode int

// The modes.
const (
	SendmailDeliver SendmailMode = iota // take one message from standard input
	SendmailQueue                       // -bp: list the queue
	SendmailFlush                       // -q: deliver what is due
	SendmailAliases                     // -bi, -I: rebuild aliases, which we have not: nothing to do
	SendmailSMTP                        // -bs: speak SMTP on standard input and output
)

// ErrUsage says that a command line is wrong.
var ErrUsage = errors.New("wrong usage")

// sendmailModes are the letters of -b.
var sendmailModes = map[string]SendmailMode{
	"m": SendmailDeliver, "p": SendmailQueue, "i": SendmailAliases, "s": SendmailSMTP,
}

// option tells how an option letter takes its value.
type option int

const (
	takesNone option = iota + 1 // no value: -t
	takesNext                   // -f ADDR or -fADDR
	takesRest                   // -q or -q30m
)

// sendmailOptions are the letters that sendmail, Postfix and Exim know. Those
// without a meaning here are accepted all the same: scripts give them out of
// habit.
var sendmailOptions = map[byte]option{
	't': takesNone, 'i': takesNone, 'v': takesNone, 'n': takesNone, 'm': takesNone, 's': takesNone, 'G': takesNone, 'U': takesNone, 'I': takesNone,
	'f': takesNext, 'r': takesNext, 'F': takesNext, 'b': takesNext, 'o': takesNext, 'O': takesNext, 'B': takesNext, 'N': takesNext,
	'R': takesNext, 'V': takesNext, 'X': takesNext, 'C': takesNext, 'L': takesNext, 'h': takesNext, 'p': takesNext, 'A': takesNext,
	'q': takesRest, 'd': takesRest, 'e': takesRest, 'M': takesRest,
}

// ParseSendmailArgs reads the arguments of sendmail, without the program's
// name. Options may come after recipients, which is how several programs call
// it, and stop at "--".
func ParseSendmailArgs(args []string) (SendmailArgs, error) {
	var a SendmailArgs
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		switch {
		case arg == "--":
			a.Recipients = append(a.Recipients, args...)
			return a, nil
		case len(arg) < 2 || arg[0] != '-':
			a.Recipients = append(a.Recipients, arg)
		default:
			var err error
			if args, err = a.cluster(arg[1:], args); err != nil {
				return SendmailArgs{}, err
			}
		}
	}
	return a, nil
}

// cluster reads the letters after one dash: several options may share it, and
// the last may take the next argument as its value.
func (a *SendmailArgs) cluster(letters string, rest []string) ([]string, error) {
	for letters != "" {
		letter := letters[0]
		letters = letters[1:]
		kind, known := sendmailOptions[letter]
		if !known {
			return nil, fmt.Errorf("%w: unknown option -%c", ErrUsage, letter)
		}
		if kind == takesNone {
			if err := a.set(letter, ""); err != nil {
				return nil, err
			}
			continue
		}
		if letters == "" && kind == takesNext {
			if len(rest) == 0 {
				return nil, fmt.Errorf("%w: -%c needs a value", ErrUsage, letter)
			}
			letters, rest = rest[0], rest[1:]
		}
		return rest, a.set(letter, letters)
	}
	return rest, nil
}

// set applies one option.
func (a *SendmailArgs) set(letter byte, value string) error {
	switch letter {
	case 't':
		a.FromHeader = true
	case 'i':
		a.IgnoreDots = true
	case 'v':
		a.Verbose = true
	case 'f', 'r':
		a.From = value
		if value == "" {
			a.From = "<>" // -f "" is how daemons say that nobody wants the bounce
		}
	case 'F':
		a.FromName = value
	case 'o':
		a.IgnoreDots = a.IgnoreDots || value == "i"
		a.QueueOnly = a.QueueOnly || value == "dq" || value == "dd"
	case 'N':
		return a.setNotify(strings.ToUpper(value))
	case 'R':
		return a.setReturn(strings.ToUpper(value))
	case 'V':
		a.DSN.Envelope = printable(value)
	case 'q':
		a.Mode = SendmailFlush
	case 'I':
		a.Mode = SendmailAliases
	case 'b':
		return a.setMode(value)
	}
	return nil
}

func (a *SendmailArgs) setMode(letter string) error {
	mode, ok := sendmailModes[letter]
	if !ok {
		return fmt.Errorf("%w: mode -b%s is not supported", ErrUsage, letter)
	}
	a.Mode = mode
	return nil
}

// setNotify reads -N: never, or a list of success, failure and delay.
func (a *SendmailArgs) setNotify(words string) error {
	for word := range strings.SplitSeq(words, ",") {
		switch {
		case word == "NEVER" && words == word:
		case word == "SUCCESS", word == "FAILURE", word == "DELAY":
		default:
			return fmt.Errorf("%w: -N takes never, or a list of success, failure and delay", ErrUsage)
		}
	}
	a.Notify = words
	return nil
}

// setReturn reads -R: how much of the message a bounce returns.
func (a *SendmailArgs) setReturn(word string) error {
	if word != "FULL" && word != "HDRS" {
		return fmt.Errorf("%w: -R takes full or hdrs", ErrUsage)
	}
	a.DSN.Return = word
	return nil
}

// Ask puts what -N, -R and -V ask for into an envelope.
func (a *SendmailArgs) Ask(e *Envelope) {
	e.DSN = a.DSN
	if a.Notify == "" {
		return
	}
	e.Notify = make([]Receipt, len(e.To))
	for i := range e.Notify {
		e.Notify[i].Notify = a.Notify
	}
}
