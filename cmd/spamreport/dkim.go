package main

import (
	"fmt"

	"spamreport/internal/config"
	"spamreport/relay/dkim"
)

// openSigner loads the keys. One that cannot be used stops the program: mail
// must not go out unsigned because of a slip.
func (p *parts) openSigner() error {
	keys, err := dkimKeys(p.cfg.Relay.DKIM)
	if err != nil || len(keys) == 0 {
		return err
	}
	signer, err := dkim.NewSigner(keys...)
	if err != nil {
		return err
	}
	p.signer = signer
	return nil
}

func dkimKeys(configured []config.DKIM) ([]dkim.Key, error) {
	var keys []dkim.Key
	for i, c := range configured {
		key, err := dkim.Load(c.Domain, c.Selector, c.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("relay.dkim[%d].key_file: %w", i+1, err)
		}
		keys = append(keys, key)
	}
	return keys, nil
}
