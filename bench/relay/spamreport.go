package main

import "context"

func (b *bench) startSpamreport(dir, listen, smarthost string, l load) (*process, error) {
	return runPostfix(dir, listen, smarthost, "in_flow_delay = 1\n", l)
}

func (b *bench) longQueue(ctx context.Context) error { return nil }
