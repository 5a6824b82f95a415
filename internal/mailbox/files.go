package mailbox

import (
	"bufio"
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
)

// FileOptions says how Open reads. The zero value is ready to use.
type FileOptions struct {
	Limits

	Stdin io.Reader // read for the path "-"; os.Stdin when nil

	// OneMessage reads a file or standard input as one message even when it
	// begins with a From_ line. It is for pipes from delivery agents, which may
	// put that line in front of a message without quoting others in its body:
	// a spammer could make a second message, with a trace of his choice, there.
	OneMessage bool
}

// Open reads the messages of a file: a single message (also as Apple Mail
// stores it, .emlx), an mbox (told by the From_ line that it begins with), a
// maildir, or a folder of any of these, walked in sorted order. The path "-"
// is standard input.
//
// One message is in memory at a time. Whatever cannot be read is an item with
// an error that names the file, and reading goes on with the next one; at
// least one item comes. The message of an error item has only a name.
// When ctx ends, its error is the last item.
func Open(ctx context.Context, path string, opts FileOptions) iter.Seq2[Message, error] {
	return func(yield func(Message, error) bool) {
		r := &fileReader{ctx: ctx, opts: opts, yield: yield}
		switch info, err := os.Stat(path); {
		case path == "-" && opts.Stdin != nil:
			r.stream("-", opts.Stdin)
		case path == "-":
			r.stream("-", os.Stdin)
		case err != nil:
			r.fail(path, err)
		case info.IsDir():
			r.folder(path)
		default:
			r.file(path, info, func() (fs.File, error) { return os.Open(path) })
		}
	}
}

// fileReader is one walk of Open. Its methods return false when it is over.
type fileReader struct {
	ctx   context.Context
	opts  FileOptions
	yield func(Message, error) bool
	found int // items delivered
}

func (r *fileReader) deliver(m Message, err error) bool {
	r.found++
	if err != nil {
		m = Message{Name: m.Name}
	}
	return r.yield(m, err)
}

func (r *fileReader) fail(name string, err error) bool {
	return r.deliver(Message{Name: name}, fileError(name, err))
}

// folder walks a folder. Names that begin with a dot are left out (indexes and
// caches of mail programs, the subfolders of a Maildir++), and so is what mail
// programs and maildirs keep beside the messages.
func (r *fileReader) folder(dir string) {
	// A Root keeps symbolic links from leading out, also when the folder
	// changes under the walk.
	root, err := os.OpenRoot(dir)
	if err != nil {
		r.fail(dir, err)
		return
	}
	defer func() { _ = root.Close() }()

	walked := fs.WalkDir(root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		path := filepath.Join(dir, filepath.FromSlash(name))
		switch {
		case r.ctx.Err() != nil:
			return r.ctx.Err()
		case err != nil:
			return goOn(r.fail(path, err))
		case name != "." && (entry.Name()[0] == '.' || isIndex(entry) || maildirOwn(root, name, entry)):
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		case entry.IsDir():
			return nil
		}
		return goOn(r.entry(root, name, path))
	})
	switch {
	case r.ctx.Err() != nil:
		r.fail(dir, r.ctx.Err())
	case walked == nil && r.found == 0:
		r.fail(dir, ErrNoMessages)
	}
}

func goOn(more bool) error {
	if more {
		return nil
	}
	return fs.SkipAll
}

// entry reads a file of a folder. Symbolic links to folders are not followed
// (they may lead in circles), those to files only within the folder.
func (r *fileReader) entry(root *os.Root, name, path string) bool {
	info, err := root.Stat(name)
	if err != nil {
		if link, lerr := root.Lstat(name); lerr == nil && link.Mode()&fs.ModeSymlink != 0 {
			err = ErrLink
		}
		return r.fail(path, err)
	}
	if info.IsDir() {
		return true
	}
	return r.file(path, info, func() (fs.File, error) { return root.Open(name) })
}

// maildirOwn reports whether an entry of a maildir is not a message: messages lie
// in cur and new, unfinished ones in tmp, and files beside these are indexes.
func maildirOwn(root *os.Root, name string, entry fs.DirEntry) bool {
	if entry.IsDir() && entry.Name() != "tmp" {
		return false
	}
	dir := filepath.Dir(name)
	for _, sub := range []string{"cur", "new"} {
		if info, err := root.Stat(filepath.Join(dir, sub)); err != nil || !info.IsDir() {
			return false
		}
	}
	return true
}

func (r *fileReader) file(name string, info fs.FileInfo, open func() (fs.File, error)) bool {
	// Before opening: opening a pipe waits for somebody to write to it.
	if !info.Mode().IsRegular() {
		return r.fail(name, ErrNotRegular)
	}
	f, err := open()
	if err != nil {
		return r.fail(name, err)
	}
	defer func() { _ = f.Close() }()
	return r.stream(name, f)
}

// stream reads a single message or an mbox.
func (r *fileReader) stream(name string, from io.Reader) bool {
	in := bufio.NewReaderSize(ctxReader{r.ctx, from}, 64<<10)
	begin, err := in.Peek(headMax)
	if err != nil && !errors.Is(err, io.EOF) {
		return r.fail(name, err)
	}
	if err := strange(begin); err != nil {
		return r.fail(name, err)
	}
	begin = skipMark(in, begin)
	if isFromLine(begin) {
		return r.mbox(name, in)
	}
	m := newIntake(r.opts.Limits)
	rest := m.limits.Max + 1 // one octet too many is enough to know
	if size, ok := skipCount(in, begin); ok {
		rest = min(rest, size)
	}
	if _, err := io.Copy(m, io.LimitReader(in, rest)); err != nil {
		return r.fail(name, err)
	}
	return r.deliver(m.message(name))
}

// ctxReader ends reading when its context ends.
type ctxReader struct {
	ctx context.Context
	r   io.Reader
}

func (c ctxReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
