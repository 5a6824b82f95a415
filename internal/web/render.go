package web

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strconv"
	"sync"

	"spamreport/internal/store"
	"spamreport/internal/term"
)

//go:embed templates/*.html
var templateFiles embed.FS

// pages are the templates by name, each with the frame around it. New asks for
// them first, so that programs without the page need not wait for them.
var pages = sync.OnceValue(parsePages)

// view is what a template sees.
type view struct {
	Page     string // its name, for the menu
	Title    string
	SignedIn bool
	CSRF     string
	Version  string
	Changes  int // see live
	Pulse    store.Pulse
	Flashes  []flash
	Data     any
}

func parsePages() map[string]*template.Template {
	frame := template.Must(template.New("frame.html").Funcs(functions).
		ParseFS(templateFiles, "templates/frame.html", "templates/parts.html"))
	all := map[string]*template.Template{}
	for _, name := range []string{
		"login", "error", "overview", "review", "complaints", "complaint", "networks", "queue", "never", "accounts", "checkup",
	} {
		own := template.Must(frame.Clone())
		all[name] = template.Must(own.ParseFS(templateFiles, "templates/"+name+".html"))
	}
	return all
}

// write makes the whole page before the first octet of it leaves, so that an
// error is a page of its own. What spam may have brought in to reorder, hide or
// join text is replaced all over the page: no template can forget to.
func (s *Site) write(w http.ResponseWriter, r *http.Request, status int, name string, v view) {
	var b bytes.Buffer
	if err := pages()[name].Execute(&b, v); err != nil {
		s.Log.Error("a template failed", "page", name, "error", err)
		http.Error(w, "This page cannot be shown; the log says why.", http.StatusInternalServerError)
		return
	}
	text := term.SafeText(b.String())
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write([]byte(text)) // whoever went away does not miss it
	}
}
