package link

import (
	"regexp"
	"strings"
)

// hiding follows whether a page hides what comes next. It counts the elements
// of one name only, so that a page whose other elements are never closed is
// still read right.
type hiding struct {
	tag   string // the outermost hidden element; empty: none
	depth int    // open elements of that name
}

// unseen finds styles that hide an element. Mail cannot run scripts that would
// show it again. A font size of 0 is not among them: layouts set it on cells
// whose content has a size of its own.
var unseen = regexp.MustCompile(`(?i)(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|$))`)

// empty elements have no end, so that they hide nothing (HTML §13.1.2).
var empty = map[string]bool{
	"area": true, "base": true, "br": true, "col": true, "embed": true, "hr": true, "img": true, "input": true,
	"link": true, "meta": true, "source": true, "track": true, "wbr": true,
}

func (h *hiding) now() bool { return h.tag != "" }

func (h *hiding) start(tag string, attr map[string]string) {
	_, hides := attr["hidden"]
	switch {
	case h.tag == tag:
		h.depth++
	case h.tag != "" || empty[tag]:
	case hides || unseen.MatchString(attr["style"]) || tag == "template":
		h.tag, h.depth = tag, 1
	}
}

func (h *hiding) end(tag string) {
	if h.tag != tag {
		return
	}
	if h.depth--; h.depth == 0 {
		h.tag = ""
	}
}

// pictures are what the addresses of pictures end in.
var pictures = regexp.MustCompile(`(?i)\.(?:png|jpe?g|gif|webp|svg|bmp|ico)$`)

// isPicture reports whether an address is that of a picture: to click on it leads
// nowhere.
func isPicture(l Link) bool {
	path, _, _ := strings.Cut(l.URL, "#")
	path, _, _ = strings.Cut(path, "?")
	return pictures.MatchString(path)
}

// page is what a page has and a text does not.
var page = regexp.MustCompile(`(?i)<(?:html|body|a\s[^>]{0,300}href|table|img\s)`)

func looksLikePage(text string) bool { return page.MatchString(text) }
