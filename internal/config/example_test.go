package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"spamreport/internal/config"
)

func ExampleLoad() {
	dir, err := os.MkdirTemp("", "config")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "config.toml")
	text := `
[identity]
email = "reports@example.org"
[relay]
smarthost = "smtp.example.org"
timeuot = "30s"
`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	_, err = config.Load(path, []string{"SPAMREPORT_RELAY_PORT=25"})
	fmt.Println(strings.ReplaceAll(err.Error(), dir+"/", ""))

	corrected := strings.Replace(text, "timeuot", "timeout", 1)
	if err := os.WriteFile(path, []byte(corrected), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	c, err := config.Load(path, []string{"SPAMREPORT_RELAY_SMARTHOST=127.0.0.1:2525"})
	fmt.Println(c.Relay.Smarthost, c.Relay.Timeout, c.Complaint.Approve, err)
	// Output:
	// config.toml:6: relay.timeuot: unknown key; did you mean timeout?
	// SPAMREPORT_RELAY_PORT: unknown variable
	// 127.0.0.1:2525 30s review <nil>
}
