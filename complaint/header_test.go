package complaint

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// TestAHeaderReadInPartReadsLikeTheWhole: what decides about mailing lists is
// read without the rest, and must come out the same.
func TestAHeaderReadInPartReadsLikeTheWhole(t *testing.T) {
	for name, raw := range map[string]string{
		"ordinary":                      "From: a@b.example\r\nSubject: x\r\nList-Id: <l>\r\n\r\nbody",
		"folded":                        "From: a\r\n\tb <a@b.example>\r\nSubject: x\r\n y\r\nReceived: z\r\n q\r\n\r\n",
		"a blank line of spaces":        "From: a@b.example\r\n   \r\n c\r\nX: y\r\n   \r\n z\r\nList-Id: l\r\n\r\n",
		"a space before the colon":      "From : a@b.example\r\nLIST-ID\t: x\r\n\r\n",
		"a longer name":                 "List-Unsubscribe-Post: x\r\nList-Id-Not: y\r\nFromage: z\r\n\r\n",
		"a line that is no field":       "From: a@b.example\r\nthis is none\r\n but goes on\r\nReceived: z\r\n\r\n",
		"a control character by itself": "From: a@b.example\r\n\v\r\n c\r\nX: y\r\n\v\r\n d\r\n\r\n",
		"an mbox":                       "From me Mon Jan  2 15:04:05 2006\nFrom: a@b.example\n\nbody",
		"continued from nothing":        " From: a@b.example\r\nFrom: c@d.example\r\n\r\n",
	} {
		checkPartial(t, name, []byte(raw))
	}
}

func checkPartial(t *testing.T, name string, raw []byte) {
	t.Helper()
	names := slices.Concat(authorFields, listFields)
	whole := slices.DeleteFunc(parseTree(raw).root.fields, func(f field) bool {
		return !slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, f.name) })
	})
	if part := parseHeader(raw, names...).fields; len(part)+len(whole) > 0 && !reflect.DeepEqual(part, whole) {
		t.Errorf("%s:\n%q\n%q", name, part, whole)
	}
}

func FuzzHeaderInPart(f *testing.F) {
	f.Add([]byte("From: a@b.example\r\nX: y\r\n z\r\nList-Id: <l>\r\n\r\n"))
	f.Add([]byte("From : a\n\v\n b\nReceived\t:c\n \n d\n\n"))
	f.Fuzz(func(t *testing.T, raw []byte) { checkPartial(t, "", raw) })
}
