package store_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"spamreport/complaint"
	"spamreport/internal/mailbox"
	"spamreport/internal/pipeline"
	"spamreport/internal/servertest"
	"spamreport/internal/store"
	"spamreport/internal/store/storetest"
	"spamreport/relay"
)

// postgresOnly skips a test about a server, which the run for PostgreSQL does.
func postgresOnly(t *testing.T) {
	t.Helper()
	if !storetest.Postgres() {
		t.Skip("about a database server: " + storetest.Variable + "=postgres")
	}
}

// ownServer starts a server that the test may stop, and makes a database.
func ownServer(t *testing.T) (server *servertest.Postgres, name string) {
	t.Helper()
	postgresOnly(t)
	server = servertest.StartPostgres(t)
	return server, server.Database(t, "spamreport")
}

func TestWhatIsWrongWithAServerIsSaid(t *testing.T) {
	postgresOnly(t)
	good := storetest.Name(t)
	u, err := url.Parse(good)
	if err != nil {
		t.Fatal(err)
	}
	at := func(host, database, query string) string {
		return "postgres://spamreport:hunter2@" + host + "/" + database + "?sslmode=disable" + query
	}
	gone := servertest.Loopback(servertest.FreePorts(t, 1)[0])
	tests := []struct {
		name string
		url  string
		want error
	}{
		{"a server that does not run", at(gone, "x", ""), store.ErrUnreachable},
		{"a database that is not there", at(u.Host, "nowhere", ""), store.ErrNoDatabase},
		{"a schema that is not there", at(u.Host, strings.Trim(u.Path, "/"), "&search_path=nowhere"), nil},
		{"a URL that is none", "postgres://spamreport:hunter2@[x/y", nil},
		{"a word that no server knows", at(u.Host, "x", "&statement_timeout=hunter2"), nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, err := store.Open(t.Context(), test.url, store.Options{})
			if err == nil {
				_ = s.Close()
				t.Fatal("opened")
			}
			t.Log(err)
			if test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("it is not %q", test.want)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Error("the error shows the password")
			}
		})
	}
}

// A server that takes a connection and says nothing: who gives up meanwhile is
// not told that it cannot be reached.
func TestToGiveUpIsNoFaultOfTheServer(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		if conn, err := silent.Accept(); err == nil {
			cancel()
			<-t.Context().Done()
			_ = conn.Close()
		}
	}()
	_, err = store.OpenReadOnly(ctx, "postgres://spamreport@"+silent.Addr().String()+"/x?sslmode=disable", store.Options{})
	if !errors.Is(err, context.Canceled) || errors.Is(err, store.ErrUnreachable) {
		t.Errorf("%v", err)
	}
}

func TestAPasswordComesFromWhereverItIsKept(t *testing.T) {
	postgresOnly(t)
	name := storetest.Name(t)
	asked := 0
	password := func(context.Context) (string, error) { asked++; return "hunter2", nil }
	s, err := store.Open(t.Context(), name, store.Options{Password: password})
	if err != nil || asked != 1 {
		t.Fatalf("asked %d times, %v", asked, err)
	}
	_ = s.Close()
	locked := errors.New("the keyring is locked")
	refuse := func(context.Context) (string, error) { return "", locked }
	if _, err := store.Open(t.Context(), name, store.Options{Password: refuse}); !errors.Is(err, locked) {
		t.Errorf("without it: %v", err)
	}
	twice := strings.Replace(name, "spamreport@", "spamreport:hunter2@", 1)
	if _, err := store.Open(t.Context(), twice, store.Options{Password: password}); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("two passwords: %v", err)
	}
}

func TestADatabaseWithoutTablesHoldsNothing(t *testing.T) {
	postgresOnly(t)
	name := storetest.Bare(t, t.TempDir())
	if _, err := store.OpenReadOnly(t.Context(), name, store.Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("reading it: %v", err)
	}
	execute(t, name, `CREATE TABLE bookmarks (url TEXT)`)
	if _, err := store.Open(t.Context(), name, store.Options{}); !errors.Is(err, store.ErrForeign) {
		t.Errorf("the database of another program: %v", err)
	}
}

func TestTwoSchemasOfOneDatabaseAreTwoStores(t *testing.T) {
	postgresOnly(t)
	name := storetest.Bare(t, t.TempDir())
	execute(t, name, `CREATE SCHEMA one; CREATE SCHEMA two`)
	one, two := open(t, name+"&search_path=one"), open(t, name+"&search_path=two")
	turn, err := one.Turn(t.Context(), "sweep")
	if err != nil {
		t.Fatal(err)
	}
	defer turn.End()
	other, err := two.Turn(t.Context(), "sweep")
	if err != nil {
		t.Fatalf("the turn of another store: %v", err)
	}
	other.End()
	record(t, one, entry("a", complaint.Sent), mailbox.Place{})
	if rows, err := two.History(t.Context(), store.HistoryFilter{}); err != nil || len(rows) != 0 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}

// Spam has everything in its fields. PostgreSQL takes UTF-8 without NUL.
func TestTextThatIsNoneIsKeptAsFarAsItGoes(t *testing.T) {
	s := openNew(t)
	e := entry("a", complaint.Sent)
	e.Subject = "win\x00 \xff\xfe now"
	record(t, s, e, mailbox.Place{})
	kept, err := s.Entry(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	want := e.Subject
	if storetest.Postgres() {
		want = "win\ufffd \ufffd now"
	}
	if kept.Subject != want {
		t.Errorf("subject %q, want %q", kept.Subject, want)
	}
}

func TestTheLimitOfAContactHoldsForProgramsThatFileAtOnce(t *testing.T) {
	const limit, each = 5, 6
	name := storetest.Name(t)
	var all sync.WaitGroup
	var mu sync.Mutex
	count := map[complaint.Action]int{}
	for program := range 3 {
		s := open(t, name)
		for i := range each {
			all.Go(func() {
				e := entry(fmt.Sprintf("m%d-%d", program, i), complaint.Sent)
				e.Key = complaint.Key{Fingerprint: e.Digest, Contact: e.Contact}
				sub := submission(10, desk)
				full := func(e complaint.Entry, past complaint.Past) (complaint.Entry, bool) {
					if past.FiledDay < limit {
						return e, false
					}
					e.Action, e.Complaint, e.Why = complaint.Deferred, nil, "the contact had enough"
					return e, true
				}
				kept, err := s.Record(context.Background(), []pipeline.Filing{{Entry: e, Submission: &sub, Full: full}}, mailbox.Place{})
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				defer mu.Unlock()
				count[kept[0].Action]++
			})
		}
	}
	all.Wait()
	if count[complaint.Sent] != limit || count[complaint.Deferred] != 3*each-limit {
		t.Errorf("%v", count)
	}
	items, err := open(t, name).Queue().List(t.Context(), relay.Filter{})
	if err != nil || len(items) != limit {
		t.Errorf("%d in the queue, %v", len(items), err)
	}
}

func TestATurnIsOneProcessAtATime(t *testing.T) {
	postgresOnly(t)
	name := storetest.Name(t)
	first, err := store.Open(t.Context(), name, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	second := open(t, name)
	turn, err := first.Turn(t.Context(), "folder home/Junk")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := second.Turn(t.Context(), "folder home/Junk"); !errors.Is(err, store.ErrTaken) {
		t.Errorf("a turn that is taken: %v", err)
	}
	if other, err := second.Turn(t.Context(), "folder home/Spam"); err != nil {
		t.Errorf("another folder: %v", err)
	} else {
		other.End()
	}
	turn.End()
	again, err := second.Turn(t.Context(), "folder home/Junk")
	if err != nil {
		t.Fatalf("after its end: %v", err)
	}
	again.End()
	if err := first.Close(); err != nil {
		t.Error(err)
	}
}

// The server is restarted under load, twice. Every write waits for it; what was
// accepted is there, and nothing is there twice.
func TestARestartOfTheServerLosesAndDoublesNothing(t *testing.T) {
	server, name := ownServer(t)
	s := open(t, name)
	stop := make(chan struct{})
	accepted := make(chan string, 100_000)
	var writers sync.WaitGroup
	for range 8 {
		writers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				sub := submission(1000, desk)
				if err := s.Queue().Enqueue(context.Background(), sub); err != nil {
					t.Errorf("refused: %v", err)
					return
				}
				accepted <- sub.ID
			}
		})
	}
	for range 2 {
		time.Sleep(300 * time.Millisecond)
		server.Interrupt(t)
		time.Sleep(100 * time.Millisecond)
		if err := server.Start(); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(300 * time.Millisecond)
	close(stop)
	writers.Wait()
	close(accepted)
	items, err := s.Queue().List(t.Context(), relay.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]int{}
	for _, item := range items {
		there[item.ID]++
	}
	n := 0
	for id := range accepted {
		n++
		if there[id] != 1 {
			t.Errorf("%s is there %d times", id, there[id])
		}
	}
	if n != len(items) || n == 0 {
		t.Errorf("%d accepted, %d in the queue", n, len(items))
	}
	t.Logf("%d messages over two restarts", n)
}

// A process that was there before the server was restarted delivers still: its
// lock is gone for a moment, and nobody may take its leases then.
func TestALeaseOutlivesARestartOfTheServer(t *testing.T) {
	server, name := ownServer(t)
	first, second := open(t, name), open(t, name)
	enqueue(t, first, "1", noon, "a@x.example")
	if got := lease(t, first, noon, 10); got != "1:a@x.example" {
		t.Fatalf("leased %q", got)
	}
	server.Interrupt(t)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	if got := lease(t, second, noon, 10); got != "" {
		t.Errorf("after the restart another process leased %q", got)
	}
	sent := []relay.Outcome{{Recipient: "a@x.example", State: relay.Delivered}}
	if err := first.Queue().Settle(t.Context(), "1", noon, sent); err != nil {
		t.Errorf("settle after the restart: %v", err)
	}
}

func TestAServerThatStaysAwayIsATemporaryError(t *testing.T) {
	server, name := ownServer(t)
	s := open(t, name)
	server.Interrupt(t)
	_, err := s.Entry(t.Context(), "x")
	if !errors.Is(err, store.ErrUnreachable) {
		t.Errorf("reading: %v", err)
	}
}

// Another session has the row of one message locked, so that what is recorded
// about that message, and holds its contact, does not come to an end.
func TestOnlyWhatIsAboutTheSameContactWaitsForEachOther(t *testing.T) {
	postgresOnly(t)
	name := storetest.Name(t)
	first, second := open(t, name), open(t, name)
	stuck := entry("stuck", complaint.Deferred)
	stuck.Complaint = nil
	record(t, first, stuck, mailbox.Place{})
	db, _ := raw(t, name)
	held, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = held.Rollback() }()
	if _, err := held.ExecContext(t.Context(), `SELECT 1 FROM message WHERE digest = 'stuck' FOR UPDATE`); err != nil {
		t.Fatal(err)
	}

	ended := make(chan string, 3)
	file := func(s *store.Store, digest, contact string) {
		e := entry(digest, complaint.Deferred)
		e.Complaint, e.Contact = nil, contact
		if _, err := recordOne(t, s, e, mailbox.Place{}, nil); err != nil {
			t.Errorf("%s: %v", digest, err)
		}
		ended <- digest
	}
	var filing sync.WaitGroup
	defer filing.Wait()
	filing.Go(func() { file(first, "stuck", desk) })
	waits := func(n int) func() bool {
		return func() bool {
			var waiting int
			err := db.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM pg_stat_activity
				WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&waiting)
			return err == nil && waiting == n
		}
	}
	eventually(t, "the first waits for the row", waits(1))
	filing.Go(func() { file(second, "same desk", desk) })
	eventually(t, "the second waits for the first", waits(2))
	file(first, "of this process", "abuse@other.example")
	file(second, "of another process", "abuse@other.example")
	for _, want := range []string{"of this process", "of another process"} {
		if got := <-ended; got != want {
			t.Errorf("%s came to its end before %s", got, want)
		}
	}
	if err := held.Rollback(); err != nil {
		t.Fatal(err)
	}
}
