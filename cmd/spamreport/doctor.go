package main

import (
	"github.com/spf13/cobra"

	"spamreport/internal/contract"
	"spamreport/internal/doctor"
)

// doctorFlags say what to examine, and what cannot be found out from here.
type doctorFlags struct {
	only      []string
	addresses []string
	probe     string
	mx        string
	port      string
}

// What is asked about to see whether registries and mail exchangers answer.
const (
	probeAddress = "193.0.6.139"
	probeDomain  = "gmail.com"
)

func (a *app) doctorCommand() *cobra.Command {
	var f doctorFlags
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check every part, and say what to do about each fault",
		Long: `doctor checks the configuration, the state on disk, each mailbox, the registries,
the way out for mail, and how mail from you looks to the servers of abuse desks (SPF,
DKIM, DMARC, reverse name, blocklists). It changes nothing and sends no mail.

Exit status 0 when nothing failed, 1 otherwise; a warning is no failure.`,
		Example: `  spamreport doctor
  spamreport doctor --only identity --address 192.0.2.25
  spamreport doctor --only account/home --only sending`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return a.doctor(cmd, f) },
	}
	flags := cmd.Flags()
	flags.StringSliceVar(&f.only, "only", nil, "check only this `name` or group, like identity or identity/spf (repeatable)")
	flags.StringSliceVar(&f.addresses, "address", nil, "the `address` that your mail leaves from (repeatable)")
	flags.StringVar(&f.probe, "lookup", probeAddress, "the `address` that each registry is asked about")
	flags.StringVar(&f.mx, "mx", probeDomain, "the `domain` whose mail exchangers are tried, without a smarthost")
	flags.StringVar(&f.port, "mx-port", "25", "their port")
	_ = flags.MarkHidden("mx-port") // for tests: port 25 takes privileges
	return cmd
}

func (a *app) doctor(cmd *cobra.Command, f doctorFlags) error {
	ctx := cmd.Context()
	setup, err := a.doctorSetup(f)
	if err != nil {
		return usage(cmd, err)
	}
	cfg, err := a.config()
	if err == nil {
		err = setup.fill(cfg)
	}
	if err != nil {
		return a.reportAll(doctor.BadConfig(err))
	}
	checks, err := doctor.Select(setup.Checks(ctx), f.only)
	if err != nil {
		return usage(cmd, err)
	}
	failed := false
	for result := range doctor.Examine(ctx, checks) {
		failed = failed || result.Status == doctor.Fail
		if err := a.report(result); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return verdict(failed)
}

// reportAll prints results that are there already, all of them faults.
func (a *app) reportAll(results []doctor.Result) error {
	for _, r := range results {
		if err := a.report(r); err != nil {
			return err
		}
	}
	return verdict(len(results) > 0)
}

func verdict(failed bool) error {
	if failed {
		return &statusError{exitFailed, nil} // every fault has been said
	}
	return nil
}

// report prints one result: a line, and what to do on one below it.
func (a *app) report(r doctor.Result) error {
	if a.json {
		return contract.Write(a.stdout, checked(r))
	}
	if a.quiet && r.Status != doctor.Fail {
		return nil
	}
	a.printer().Check(string(r.Status), r.Name, r.What, r.Do)
	return nil
}

func checked(r doctor.Result) contract.Check {
	return contract.Check{Name: r.Name, Status: string(r.Status), What: r.What, Do: r.Do}
}
