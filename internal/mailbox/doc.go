// Package mailbox reads messages from where they lie: files, mbox, maildir,
// folders, standard input, and IMAP folders (without ever harming them).
//
// Open reads files:
//
//	for m, err := range mailbox.Open(ctx, "spam.mbox", mailbox.FileOptions{}) {
//		if err != nil {
//			log.Print(err) // names the file; the walk goes on
//			continue
//		}
//		fmt.Println(m.Name, m.Digest, len(m.Raw))
//	}
//
// Dial and Session read IMAP folders. A Session promises that it changes
// nothing in a mailbox but what Mark and Move are asked for: it fetches with
// BODY.PEEK, so no message becomes \Seen, and it never expunges. A folder
// selected read-only cannot be changed at all, the server sees to that.
//
//	s, err := mailbox.Dial(ctx, mailbox.Account{Name: "home", Server: "imap.example.org:993", User: "me", Password: ask})
//	folder, err := s.Select(ctx, "Junk", true)
//	for m, err := range s.After(ctx, cursor, mailbox.Limits{}) { … }
//
// Either way one message is in memory at a time, cut to a limit, and knows its
// Digest: the identity by which it is reported once only, wherever it lies.
package mailbox
