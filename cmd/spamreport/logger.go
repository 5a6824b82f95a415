package main

import "log/slog"

func (a *app) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(a.stderr, a.level(slog.LevelWarn, slog.LevelError)))
}

// serviceLogger is for programs that run on: it also says what goes well, since
// nobody watches.
func (a *app) serviceLogger() *slog.Logger {
	options := a.level(slog.LevelInfo, slog.LevelWarn)
	if a.json {
		return slog.New(slog.NewJSONHandler(a.stderr, options))
	}
	return slog.New(slog.NewTextHandler(a.stderr, options))
}

// level is what is logged: usually, and with --quiet. With --verbose it is all.
func (a *app) level(usual, quiet slog.Level) *slog.HandlerOptions {
	switch {
	case a.verbose:
		usual = slog.LevelDebug
	case a.quiet:
		usual = quiet
	}
	return &slog.HandlerOptions{Level: usual}
}
