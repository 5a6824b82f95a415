package store

import (
	"context"
	"strings"

	"spamreport/relay"
)

// Refused lists the addresses, in lower case, whose last delivery failed for
// good, with what the server said.
func (s *Store) Refused(ctx context.Context) (map[string]relay.Reply, error) {
	rows, err := s.read.QueryContext(ctx, `
		SELECT recipient, state, reply_code, reply_status, reply_text FROM relay_recipient
		WHERE state IN ($1, $2) ORDER BY updated`, string(relay.Delivered), string(relay.Failed))
	if err != nil {
		return nil, explain(err)
	}
	defer func() { _ = rows.Close() }()
	refused := map[string]relay.Reply{}
	for rows.Next() {
		var address string
		var state relay.State
		var reply relay.Reply
		if err := rows.Scan(&address, &state, &reply.Code, &reply.Status, &reply.Text); err != nil {
			return nil, explain(err)
		}
		address = strings.ToLower(address)
		delete(refused, address) // the later outcome counts
		if state == relay.Failed {
			refused[address] = reply
		}
	}
	return refused, explain(rows.Err())
}
