package complaint

import (
	"bytes"
	"strings"
	"testing"
)

// slowView is a view that notes for every octet where it came from. It is what
// views did first, and says what the quick ones have to do.
type slowView struct {
	text     []byte
	from, to []int
}

func slowViewOf(text []byte) slowView {
	v := slowView{text: text}
	for i := range text {
		v.from, v.to = append(v.from, i), append(v.to, i+1)
	}
	return v
}

// rewritten puts another text in the place of what width says stands at an offset.
func (v slowView) rewritten(at func(t []byte, i int) (octets string, width int)) (slowView, bool) {
	var out slowView
	changed := false
	for i := 0; i < len(v.text); {
		octets, width := at(v.text, i)
		changed = changed || width > 0
		if width == 0 {
			octets, width = string(v.text[i:i+1]), 1
		}
		for k := range len(octets) {
			out.text = append(out.text, octets[k])
			out.from, out.to = append(out.from, v.from[i]), append(out.to, v.to[i+width-1])
		}
		i += width
	}
	return out, changed
}

func slowViews(text []byte) []slowView {
	all := []slowView{slowViewOf(text)}
	add := func(base slowView, at func([]byte, int) (string, int)) bool {
		next, changed := base.rewritten(at)
		if changed {
			all = append(all, next)
		}
		return changed
	}
	rounds := func() {
		for n := 0; n < maxRounds && add(all[len(all)-1], escapeAt); n++ {
		}
	}
	rounds()
	add(all[len(all)-1], tagAt)
	if add(all[0], breakAt) {
		rounds()
		add(all[len(all)-1], tagAt)
	}
	return all
}

func tagAt(t []byte, i int) (string, int) {
	if t[i] != '<' || i+1 == len(t) || !isAlnum(t[i+1]) && t[i+1] != '/' && t[i+1] != '!' {
		return "", 0
	}
	rest := string(t[i:])
	if body, ok := strings.CutPrefix(rest, "<!--"); ok {
		if comment, _, ok := strings.Cut(body, "-->"); ok {
			return "", len(comment) + 7
		}
	}
	for k := 1; k < len(rest); k++ {
		if rest[k] == '>' {
			return "", k + 1
		}
		if strings.HasSuffix(rest[:k], "=") && strings.ContainsRune("\"'", rune(rest[k])) {
			value, _, closed := strings.Cut(rest[k+1:], rest[k:k+1])
			if closed {
				k += len(value) + 1
			}
		}
	}
	return "", strings.Index(rest, ">") + 1 // a quote has no end
}

func breakAt(t []byte, i int) (string, int) {
	if t[i] != '\r' && t[i] != '\n' {
		return "", 0
	}
	n := 1
	for i+n < len(t) && strings.IndexByte(" \t\r\n", t[i+n]) >= 0 {
		n++
	}
	return "", n
}

// FuzzViews: the views are those that going octet by octet makes, and point at
// the same places.
func FuzzViews(f *testing.F) {
	for _, s := range []string{
		"", "plain", "ali\r\n ce", "al<b>i</b>ce%40&#64;=\r\n\\u0040", "%252525252540", "a\x00l\x00i\x00c\x00e\x00",
		"al\u00adi\u200bce\uff20", "<a<b>>c", "&nGt;\r\n\t&nGt;=3D=\r\n40", "\n\n\n", "=\n=\n%", "<b>%3Cb%3E\n</b>&lt;i&gt;",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 300 {
			return // every stretch of it is looked at
		}
		quick, slow := views(text), slowViews(text)
		if len(quick) != len(slow) {
			t.Fatalf("%d views of %q, want %d", len(quick), text, len(slow))
		}
		for n, q := range quick {
			s := slow[n]
			if !bytes.Equal(q.text, s.text) {
				t.Fatalf("view %d of %q is %q, want %q", n, text, q.text, s.text)
			}
			for i := range s.text {
				for k := i + 1; k <= len(s.text); k++ {
					if from, to := q.span(i, k); from != s.from[i] || to != s.to[k-1] {
						t.Fatalf("[%d, %d) of view %d of %q stand for [%d, %d), want [%d, %d)", i, k, n, text, from, to, s.from[i], s.to[k-1])
					}
				}
			}
		}
	})
}
