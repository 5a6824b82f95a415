package term

import (
	"context"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// ReadSecret asks for a line that the terminal does not show. When ctx ends the
// terminal shows again what is typed, and the read is left behind: the program
// ends then.
func ReadSecret(ctx context.Context, in *os.File, out io.Writer, question string) (string, error) {
	fd := int(in.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", err
	}
	fmt.Fprint(out, Safe(question))
	type reply struct {
		secret []byte
		err    error
	}
	replies := make(chan reply, 1)
	go func() {
		secret, err := term.ReadPassword(fd)
		replies <- reply{secret, err}
	}()
	select {
	case <-ctx.Done():
		_ = term.Restore(fd, before) // there is no terminal to repair, then
		fmt.Fprintln(out)
		return "", ctx.Err()
	case r := <-replies:
		fmt.Fprintln(out)
		return string(r.secret), r.err
	}
}
