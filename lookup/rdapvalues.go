package lookup

import (
	"encoding/json"
	"errors"
	"strings"
)

// linkTo finds a link by its relation and, where it matters, its media type.
func linkTo(object map[string]any, rel, media string) string {
	for _, l := range objects(object["links"]) {
		if strings.EqualFold(text(l, "rel"), rel) && strings.Contains(text(l, "type"), media) {
			return text(l, "href")
		}
	}
	return ""
}

// objects reads a list of objects; a single object stands for a list of one.
func objects(v any) []map[string]any {
	switch v := v.(type) {
	case map[string]any:
		return []map[string]any{v}
	case []any:
		var out []map[string]any
		for _, e := range v {
			if o, ok := e.(map[string]any); ok {
				out = append(out, o)
			}
		}
		return out
	}
	return nil
}

func text(object map[string]any, key string) string {
	s, _ := object[key].(string)
	return s
}

func lowerTexts(v any) []string {
	out := texts(v, 0)
	for i, s := range out {
		out[i] = strings.ToLower(strings.TrimSpace(s))
	}
	return out
}

// number reads an AS number or a length, written as a number or as text
// ("AS64500"); 0 when it is neither.
func number(v any) uint32 {
	switch v := v.(type) {
	case float64:
		if v >= 0 && v <= 4294967295 {
			return uint32(v)
		}
	case string:
		if n, ok := parseASN("AS" + strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(v)), "AS")); ok {
			return n
		}
	}
	return 0
}

func country(s string) string {
	s = strings.ToUpper(strings.TrimSpace(s))
	if len(s) != 2 || s[0] < 'A' || s[0] > 'Z' || s[1] < 'A' || s[1] > 'Z' {
		return ""
	}
	return s
}

func validJSON(body []byte) bool { return json.Valid(body) }

func isSyntax(err error) bool {
	var syntax *json.SyntaxError
	return errors.As(err, &syntax)
}
