// Package mailbox reads messages from where they lie: files, mbox, maildir,
// folders, standard input, and IMAP folders (without ever harming them).
package mailbox
