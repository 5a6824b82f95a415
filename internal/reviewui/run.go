package reviewui

import (
	"context"
	"errors"
	"io"

	tea "charm.land/bubbletea/v2"

	"spamreport/complaint"
)

// Run shows the complaints on a terminal until the person leaves. What was
// done until then is done, also when there is an error.
func Run(ctx context.Context, o Options, held []complaint.Entry, in io.Reader, out io.Writer) (Result, error) {
	program := tea.NewProgram(New(ctx, o, held), tea.WithContext(ctx), tea.WithInput(in), tea.WithOutput(out))
	last, err := program.Run()
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	m, ok := last.(Model)
	if !ok {
		return Result{}, errors.Join(err, errors.New("the review ended without a result"))
	}
	return m.result, err
}
