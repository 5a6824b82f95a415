package config

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// bind stores a decoded table in its struct, in the order of the lines.
func (l *loader) bind(into reflect.Value, values map[string]any, path string) {
	names := slices.SortedFunc(maps.Keys(values), func(a, b string) int {
		return cmp.Or(
			cmp.Compare(l.where[join(path, a)].line, l.where[join(path, b)].line),
			cmp.Compare(a, b))
	})
	for _, name := range names {
		at, raw := join(path, name), values[name]
		k, known := findKey(into, l.nameOf(at, name, raw))
		switch {
		case notYet(at) != "":
			l.mistake(at, "%s", notYet(at))
		case !known:
			l.mistake(at, "%s", unknownKey(into, name))
		case k.kind() == table:
			l.bindTable(k.value, raw, at)
		case k.kind() == tables:
			l.bindTables(k.value, raw, at)
		default:
			l.set(k, raw, at)
		}
	}
}

// nameOf is the name of the key that is meant. [[relay.user]] means the users,
// although TOML forbids it beside user = "…", which is the login.
func (l *loader) nameOf(path, name string, raw any) string {
	if _, list := tablesIn(raw); list && path == "relay.user" {
		return "users"
	}
	return name
}

func (l *loader) bindTable(into reflect.Value, raw any, path string) {
	values, ok := raw.(map[string]any)
	if !ok {
		l.mistake(path, "must be a table, [%s], not %s", shown(path), nameOf(raw))
		return
	}
	l.bind(into, values, path)
}

func (l *loader) bindTables(into reflect.Value, raw any, path string) {
	list, ok := tablesIn(raw)
	if !ok {
		l.mistake(path, "must be a list of tables, [[%s]], not %s", shown(path), nameOf(raw))
		return
	}
	into.Set(reflect.MakeSlice(into.Type(), len(list), len(list)))
	for i, values := range list {
		setDefaults(into.Index(i))
		l.bind(into.Index(i), values, fmt.Sprintf("%s[%d]", path, i+1))
	}
}

// tablesIn accepts both notations: [[account]] and account = [{…}, {…}].
func tablesIn(raw any) ([]map[string]any, bool) {
	if list, ok := raw.([]map[string]any); ok {
		return list, true
	}
	items, ok := raw.([]any)
	list := make([]map[string]any, len(items))
	for i, item := range items {
		values, isTable := item.(map[string]any)
		list[i], ok = values, ok && isTable
	}
	return list, ok
}

// set stores one value and checks it by its rule.
func (l *loader) set(k key, raw any, path string) {
	if k.isSecret() {
		l.setSecret(k, raw, path)
		return
	}
	assign(k.value, raw, k.check, func(entry string, err error) {
		at := l.placeOf(path)
		if at.variable == "" {
			at = l.placeOf(path + entry)
		}
		l.mistakeAt(at, path, err.Error())
	})
}

// setSecret stores one of the four forms. A variable replaces what the file
// says; two forms at the same place are a mistake, because nobody could tell
// which one was meant.
func (l *loader) setSecret(k key, raw any, path string) {
	before := k.value.Interface().(Secret)
	text, ok := raw.(string)
	at := l.placeOf(path)
	switch {
	case !ok:
		l.mistake(path, "must be text in quotes, not %s", nameOf(raw))
		return
	case text == "":
		l.mistake(path, "empty: remove it, or give one of %s", formsOf(k))
		return
	case !before.IsZero() && before.given.sameOrigin(at):
		l.mistake(path, "%s is set too: keep one of %s", before.key(), formsOf(k))
		return
	}
	given := &givenSecret{form: k.form, key: k.name, ref: text, at: at}
	k.value.Set(reflect.ValueOf(Secret{given}))
	if k.form == inFile {
		given.ref = l.beside(text, at)
	}
	if k.form == inVariable {
		given.captured = l.vars[text]
	}
	if err := l.safe(given); err != nil {
		l.mistake(path, "%s", err)
	}
}
