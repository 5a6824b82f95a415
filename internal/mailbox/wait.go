package mailbox

import (
	"cmp"
	"context"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// Wait returns when the server has news of the selected folder, and after
// limit at the latest. It uses IDLE (RFC 2177) where the server has it, and
// asks now and then where it has not. News of before the call count: what came
// in while the caller was busy makes Wait return at once.
func (s *Session) Wait(ctx context.Context, limit time.Duration) error {
	if err := s.selected(false); err != nil {
		return err
	}
	end := time.Now().Add(limit)
	for {
		left := time.Until(end)
		select {
		case <-s.news:
			return nil
		default:
		}
		if left <= 0 {
			return nil
		}
		pause := s.idle
		if !s.client.Caps().Has(imap.CapIdle) {
			pause = s.poll
		}
		if err := pause(ctx, left); err != nil {
			return s.explain(ctx, err, "wait for mail in folder %q at %s", s.folder.Name, s.account.address())
		}
	}
}

// idle lets the server speak up by itself. It leaves news in s.news.
func (s *Session) idle(ctx context.Context, limit time.Duration) error {
	var command *imapclient.IdleCommand
	err := s.ask(ctx, func() (err error) {
		command, err = s.client.Idle()
		return err
	})
	if err != nil {
		return err
	}
	news := s.pause(ctx, min(limit, cmp.Or(s.account.Idle, DefaultIdle)))
	err = s.ask(context.WithoutCancel(ctx), func() error {
		if err := command.Close(); err != nil {
			return err
		}
		return command.Wait()
	})
	if news {
		s.tell()
	}
	return err
}

// poll waits for a while, and then asks.
func (s *Session) poll(ctx context.Context, limit time.Duration) error {
	if s.pause(ctx, min(limit, cmp.Or(s.account.Poll, DefaultPoll))) {
		s.tell()
		return nil
	}
	return s.ask(ctx, func() error { return s.client.Noop().Wait() })
}

// pause returns when there are news, the time is over, the connection is
// gone, or ctx is over; it reports news.
func (s *Session) pause(ctx context.Context, limit time.Duration) bool {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-s.news:
		return true
	case <-timer.C:
	case <-s.client.Closed():
	case <-ctx.Done():
	}
	return false
}

// tell notes that there are news. It never blocks: it is also called by the
// library's reader.
func (s *Session) tell() {
	select {
	case s.news <- struct{}{}:
	default:
	}
}

// heard takes what the server says unasked. Only more messages are news: the
// number also comes when some are gone, and then there is nothing to do, but
// nothing lost either.
func (s *Session) heard(data *imapclient.UnilateralDataMailbox) {
	if data.NumMessages != nil {
		s.tell()
	}
}
