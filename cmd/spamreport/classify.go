package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"spamreport/internal/contract"
	"spamreport/relay/bounce"
)

func (a *app) classifyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "classify",
		Short: "Say what SMTP replies mean: is the address gone, full, or are you blocked",
		Long: `classify reads SMTP replies from standard input, one a line: code, enhanced code
and text, parted by tabs; any may be empty. It says for each whether the address
will never take mail (hard), may take it later (soft), or is fine while the
sender or the message is refused (block), and by which rule.`,
		Example: `  printf '550\t5.7.1\tuser unknown\n' | spamreport relay classify`,
		Args:    args(cobra.NoArgs),
		RunE:    func(*cobra.Command, []string) error { return a.classify() },
	}
}

// classify answers each line of --json at once, so that a program can ask and
// wait; a table for people has to know all of its rows. A line that is no
// reply is unknown, so that answers and questions stay in step.
func (a *app) classify() error {
	var rows [][]string
	failed := false
	in := bufio.NewReaderSize(a.stdin, 16*bounce.MaxText)
	for n := 1; ; n++ {
		line, err := replyLine(in)
		if err == io.EOF {
			break
		}
		if err != nil {
			return fmt.Errorf("read standard input: %w", err)
		}
		code, enhanced, text, err := splitReply(line)
		if err != nil {
			failed = true
			a.complain(fmt.Errorf("standard input, line %d: %w", n, err))
		}
		v := bounce.Classify(code, enhanced, text)
		if !a.json {
			rows = append(rows, []string{string(v.Class), string(v.Reason), v.Rule, strings.ReplaceAll(line, "\t", " ")})
			continue
		}
		doc := contract.Classified{Class: string(v.Class), Reason: string(v.Reason), Rule: v.Rule}
		if err := contract.Write(a.stdout, doc); err != nil {
			return err
		}
	}
	if !a.json {
		if err := a.printer().Table([]string{"CLASS", "REASON", "RULE", "REPLY"}, rows); err != nil {
			return err
		}
	}
	if failed {
		return &statusError{code: exitFailed}
	}
	return nil
}

// replyLine gives the next line, the end of a very long one left out.
func replyLine(in *bufio.Reader) (string, error) {
	line, err := in.ReadSlice('\n')
	kept := string(bytes.TrimRight(line, "\r\n"))
	for err == bufio.ErrBufferFull {
		_, err = in.ReadSlice('\n')
	}
	if err == io.EOF && kept != "" {
		err = nil
	}
	return kept, err
}

func splitReply(line string) (code int, enhanced, text string, err error) {
	f := strings.SplitN(line, "\t", 3)
	if len(f) < 3 {
		return 0, "", "", errors.New("want code, enhanced code and text, parted by tabs")
	}
	if f[0] != "" {
		if code, err = strconv.Atoi(f[0]); err != nil || code < 0 {
			return 0, "", "", fmt.Errorf("%q is no reply code", f[0])
		}
	}
	return code, f[1], f[2], nil
}
