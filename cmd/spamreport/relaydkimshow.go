package main

import (
	"errors"
	"fmt"

	"spamreport/internal/contract"
	"spamreport/relay/dkim"
)

// keyFile is a key and where it is kept.
type keyFile struct {
	key  dkim.Key
	path string
}

func (a *app) showKeys() error {
	cfg, err := a.config()
	if err != nil {
		return err
	}
	keys, err := dkimKeys(cfg.Relay.DKIM)
	if err != nil {
		return err
	}
	if len(keys) == 0 {
		return errors.New("no DKIM key is configured: spamreport relay dkim init makes one")
	}
	var files []keyFile
	for i, key := range keys {
		files = append(files, keyFile{key, cfg.Relay.DKIM[i].KeyFile})
	}
	return a.printKeys(files, false)
}

// printKeys prints what to publish and, for keys that are new, what to
// configure, so that both can be copied as they are.
func (a *app) printKeys(files []keyFile, made bool) error {
	if a.json {
		for _, f := range files {
			if err := contract.Write(a.stdout, newDKIMKey(f)); err != nil {
				return err
			}
		}
		return nil
	}
	if made {
		for _, f := range files {
			a.say("wrote %s (%s, %d bits)", f.path, f.key.Algorithm(), f.key.Bits())
		}
		a.say("")
		a.say("Publish in DNS:")
		a.say("")
	}
	for _, f := range files {
		fmt.Fprintln(a.stdout, f.key.Zone())
	}
	if !made {
		return nil
	}
	a.say("")
	a.say("Add to the configuration:")
	for _, f := range files {
		fmt.Fprintf(a.stdout, "\n[[relay.dkim]]\ndomain = %q\nselector = %q\nkey_file = %q\n", f.key.Domain, f.key.Selector, f.path)
	}
	a.say("")
	a.say("First the records, then the configuration: spamreport doctor --only identity compares them.")
	return nil
}

func newDKIMKey(f keyFile) contract.DKIMKey {
	return contract.DKIMKey{
		Domain: f.key.Domain, Selector: f.key.Selector, Algorithm: string(f.key.Algorithm()), Bits: f.key.Bits(),
		KeyFile: f.path, Name: f.key.Name(), Record: f.key.Record(), Zone: f.key.Zone(),
	}
}
