package config

import (
	"reflect"
	"strings"
)

// unknownKey says what may have been meant by a key that does not exist: a
// neighbour with nearly the same letters, or the same key of another table.
func unknownKey(table reflect.Value, name string) string {
	var names []string
	for _, k := range keysOf(table) {
		names = append(names, k.name)
	}
	if near := nearest(name, names, len(name)/3+1); near != "" {
		return "unknown key; did you mean " + near + "?"
	}
	if path := elsewhere(reflect.ValueOf(&Config{}).Elem(), "", name); path != "" {
		return "unknown key; did you mean " + path + "? A key belongs under the [header] of its table"
	}
	return "unknown key; docs/configuration.md lists all"
}

// elsewhere finds the first table that has the key.
func elsewhere(v reflect.Value, path, name string) string {
	for _, k := range keysOf(v) {
		at := join(path, k.name)
		switch {
		case k.name == name:
			return at
		case k.kind() == table:
			if found := elsewhere(k.value, at, name); found != "" {
				return found
			}
		case k.kind() == tables:
			if found := elsewhere(reflect.New(k.value.Type().Elem()).Elem(), at, name); found != "" {
				return found
			}
		}
	}
	return ""
}

// nearest returns the candidate that differs least from name, or "" when all
// differ in more than so many letters.
func nearest(name string, candidates []string, most int) string {
	if len(name) > 80 {
		return "" // no key is as long
	}
	best, least := "", most
	for _, c := range candidates {
		if d := distance(strings.ToLower(name), strings.ToLower(c)); d <= least && (d < least || best == "") {
			best, least = c, d
		}
	}
	return best
}

// distance counts the letters to insert, delete, change or swap with their
// neighbour to make a into b (optimal string alignment).
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
