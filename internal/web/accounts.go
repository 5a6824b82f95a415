package web

import (
	"errors"
	"fmt"

	"spamreport/internal/store"
	"spamreport/relay/submission"
)

// accountView is a mailbox with how its folders were read.
type accountView struct {
	Account
	Visits []store.Visit
}

// accountsView is where spam comes in, and what this process does.
type accountsView struct {
	Accounts []accountView
	Users    []userView
	Running  []string
}

// userView is somebody who may hand mail to the relay.
type userView struct {
	submission.User
	MaySendAs []string
}

func (s *Site) accounts(v *visit) error {
	visits, err := s.Store.Visits(v.r.Context())
	if err != nil {
		return err
	}
	page := accountsView{Running: s.Running}
	for _, a := range s.Accounts {
		one := accountView{Account: a}
		for _, folder := range a.Folders {
			visit := store.Visit{Account: a.Name, Folder: folder}
			for _, known := range visits {
				if known.Account == a.Name && known.Folder == folder {
					visit = known
				}
			}
			one.Visits = append(one.Visits, visit)
		}
		page.Accounts = append(page.Accounts, one)
	}
	users, err := s.Store.RelayUsers().List(v.r.Context())
	if err != nil {
		return err
	}
	for _, u := range users {
		one := userView{User: u}
		if s.Senders != nil {
			one.MaySendAs = s.Senders(u.Name)
		}
		page.Users = append(page.Users, one)
	}
	return v.show("accounts", "Accounts", page)
}

// changeUser keeps a user of the relay from logging in, or lets them again.
func (s *Site) changeUser(v *visit) error {
	name, word := v.r.PostFormValue("user"), v.r.PostFormValue("do")
	said, known := map[string]string{"disable": "may not log in any more", "enable": "may log in again"}[word]
	if !known {
		return errBadForm
	}
	err := s.Store.RelayUsers().Disable(v.r.Context(), name, word == "disable")
	if errors.Is(err, submission.ErrNoUser) {
		return refusal{fmt.Errorf("the relay has no user %q", name)}
	}
	if err != nil {
		return err
	}
	v.say(name + " " + said + ".")
	v.redirect("/accounts")
	return nil
}
