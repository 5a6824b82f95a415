package link

import (
	"strings"

	"golang.org/x/net/html"
)

// InText returns the addresses in plain text, in their order, MaxLinks at most.
// Many a page is sent as plain text by mistake; it is read as a page.
func InText(text string) []Link {
	if looksLikePage(text) {
		return InPage(text)
	}
	f := &finder{}
	f.text(text, Text)
	return f.found
}

// InPage returns the addresses in HTML, in their order, MaxLinks at most.
func InPage(page string) []Link {
	f := &finder{}
	f.page(page)
	f.endAnchor()
	return f.found
}

type finder struct {
	found []Link
	base  string

	hidden   hiding
	form     int              // one more than the index of the form that is open; 0: none
	label    *strings.Builder // of the anchor that is open; nil outside
	labelled int              // its index
}

func (f *finder) add(raw string, place Place) {
	if len(f.found) >= MaxLinks {
		return
	}
	if strings.HasPrefix(strings.TrimSpace(raw), "//") && f.base == "" {
		raw = "http:" + strings.TrimSpace(raw) // a mail has no page that it is relative to
	}
	if l, ok := parse(raw, nil, f.base); ok {
		l.Place, l.Hidden = place, f.hidden.now()
		if place.Leads() && place != Form && isPicture(l) {
			l.Place = Picture
		}
		f.found = append(f.found, l)
		if place == Form {
			f.form = len(f.found)
		}
	}
}

// carriers are the attributes of HTML that hold an address, by element; "*"
// stands for all elements.
var carriers = map[string]map[string]Place{
	"a":       {"href": Anchor, "ping": Refresh},
	"area":    {"href": Anchor},
	"form":    {"action": Form},
	"button":  {"formaction": Form},
	"input":   {"formaction": Form, "src": Picture},
	"iframe":  {"src": Refresh},
	"frame":   {"src": Refresh},
	"script":  {"src": Refresh},
	"embed":   {"src": Refresh},
	"object":  {"data": Refresh},
	"img":     {"src": Picture, "lowsrc": Picture},
	"image":   {"href": Picture, "xlink:href": Picture},
	"source":  {"src": Picture},
	"video":   {"src": Picture, "poster": Picture},
	"audio":   {"src": Picture},
	"v:fill":  {"src": Picture},
	"v:image": {"src": Picture},

	// Buttons for Outlook.
	"v:roundrect": {"href": Anchor},
	"v:rect":      {"href": Anchor},

	"link": {"href": Other},
	"*":    {"background": Picture},
}

// page reads HTML as it comes, token by token: a page is never too broken.
func (f *finder) page(page string) {
	z := html.NewTokenizer(strings.NewReader(page))
	z.SetMaxBuf(maxToken)
	inStyle, inScript := false, false
	for len(f.found) < MaxLinks {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			name, hasAttr := z.TagName()
			tag := string(name)
			inStyle, inScript = tag == "style", tag == "script"
			attr := map[string]string{}
			if hasAttr {
				attr = attributes(z)
			}
			f.hidden.start(tag, attr)
			f.element(tag, attr)
		case html.EndTagToken:
			inStyle, inScript = false, false
			name, _ := z.TagName()
			if string(name) == "a" {
				f.endAnchor()
			}
			f.hidden.end(string(name))
		case html.TextToken:
			switch body := string(z.Text()); {
			case f.label != nil: // what it shows is not where it leads
				f.label.WriteString(body[:min(len(body), max(0, MaxLabel-f.label.Len()))])
			case inStyle:
				f.style(body)
			case inScript:
				f.script(body)
			default:
				f.text(body, Text)
			}
		}
	}
}

// maxToken bounds one token; pages that are larger are hostile.
const maxToken = 256 << 10

// attributes reads those of the tag at hand; of repeated ones the first counts,
// as in browsers.
func attributes(z *html.Tokenizer) map[string]string {
	all := map[string]string{}
	for range 100 {
		key, value, more := z.TagAttr()
		if name := string(key); name != "" {
			if _, seen := all[name]; !seen {
				all[name] = string(value)
			}
		}
		if !more {
			break
		}
	}
	return all
}

func (f *finder) element(tag string, attr map[string]string) {
	if tag == "base" && f.base == "" {
		if l, ok := Parse(attr["href"]); ok {
			f.base = l.URL
		}
		return
	}
	if tag == "input" && f.form > 0 && strings.EqualFold(strings.TrimSpace(attr["type"]), "password") {
		f.found[f.form-1].Password = true
	}
	if tag == "meta" {
		if strings.EqualFold(strings.TrimSpace(attr["http-equiv"]), "refresh") {
			f.refresh(attr["content"])
		}
		return
	}
	if tag == "a" {
		f.endAnchor() // browsers do not nest them
		if attr["href"] != "" {
			defer f.startAnchor(len(f.found))
		}
	}
	for _, carrier := range [...]string{tag, "*"} {
		for _, name := range attributeOrder {
			if place, ok := carriers[carrier][name]; ok && attr[name] != "" {
				f.add(attr[name], place)
			}
		}
	}
	f.style(attr["style"])
}

// startAnchor collects the text that follows as the label of the link that was
// found last, if there is one since before.
func (f *finder) startAnchor(before int) {
	if len(f.found) > before {
		f.label = &strings.Builder{}
		f.labelled = before
	}
}

func (f *finder) endAnchor() {
	if f.label == nil {
		return
	}
	f.found[f.labelled].Label = strings.Join(strings.Fields(strings.ToValidUTF8(f.label.String(), "")), " ")
	f.label = nil
}

// attributeOrder makes the order of what is found the same every time.
var attributeOrder = []string{
	"href", "xlink:href", "src", "action", "formaction", "data", "lowsrc", "poster", "background", "ping",
}

// refresh reads "5; url='https://evil.example/'".
func (f *finder) refresh(content string) {
	at := strings.Index(strings.ToLower(content), "url")
	if at < 0 || at+3 > len(content) {
		return
	}
	target := strings.TrimLeft(content[at+3:], " \t\r\n=")
	f.add(strings.Trim(target, `"' `), Refresh)
}

// style reads url(…) of CSS.
func (f *finder) style(css string) {
	for len(f.found) < MaxLinks {
		at := strings.Index(css, "url(")
		if at < 0 {
			return
		}
		css = css[at+len("url("):]
		target, rest, closed := strings.Cut(css, ")")
		if !closed {
			return
		}
		f.add(strings.Trim(target, "\"' \t\r\n"), Picture)
		css = rest
	}
}

// script looks for addresses that a script of an attached page goes to.
func (f *finder) script(code string) {
	f.text(strings.ReplaceAll(code, `\/`, "/"), Refresh)
}
