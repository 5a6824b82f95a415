package config

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"time"
)

// report receives what is wrong with a value. The entry is "" for the value
// as a whole, "[2]" in a list and ".name" in a table.
type report func(entry string, err error)

// assign stores a value, as the TOML decoder delivers it, in a field, and
// holds it, or each of its entries, to the rule.
func assign(field reflect.Value, raw any, rule string, wrong report) {
	if text, ok := raw.(string); ok && field.Type() == oneOrMoreType {
		assignOnly(field, text, rule, wrong)
		return
	}
	switch field.Kind() {
	case reflect.Slice:
		assignList(field, raw, rule, wrong)
	case reflect.Map:
		assignMap(field, raw, rule, wrong)
	default:
		if err := assignOne(field, raw, rule); err != nil {
			wrong("", err)
		}
	}
}

func assignList(field reflect.Value, raw any, rule string, wrong report) {
	items, ok := raw.([]any)
	if !ok {
		wrong("", fmt.Errorf(`must be a list, like ["…", "…"], not %s`, nameOf(raw)))
		return
	}
	list := reflect.MakeSlice(field.Type(), len(items), len(items))
	for i, item := range items {
		err := assignOne(list.Index(i), item, rule)
		if item == "" {
			err = errors.New("empty: remove it, or write [] for an empty list")
		}
		if err != nil {
			wrong(fmt.Sprintf("[%d]", i+1), fmt.Errorf("entry %d: %w", i+1, err))
		}
	}
	field.Set(list)
}

func assignMap(field reflect.Value, raw any, rule string, wrong report) {
	items, ok := raw.(map[string]any)
	if !ok {
		wrong("", fmt.Errorf("must be a table, not %s", nameOf(raw)))
		return
	}
	m := make(map[string]string, len(items))
	for _, name := range slices.Sorted(maps.Keys(items)) {
		text, err := pair(name, items[name], rule)
		if err != nil {
			wrong("."+name, err)
		}
		m[name] = text
	}
	field.Set(reflect.ValueOf(m))
}

// pair checks one line of a table of names, which all are host names.
func pair(name string, raw any, rule string) (string, error) {
	text, ok := raw.(string)
	_, nested := raw.(map[string]any)
	switch {
	case nested: // TOML reads whois.ripe.net = "…" as tables in tables
		return "", fmt.Errorf(`a name with dots needs quotes: write "%s.…" = "…"`, name)
	case !ok:
		return "", fmt.Errorf("the value of %s must be text in quotes, not %s", quote(name), nameOf(raw))
	case !isHost(name):
		return "", fmt.Errorf("%s is not a host name", quote(name))
	case text == "":
		return "", fmt.Errorf("the value of %s is empty", quote(name))
	}
	return text, obeyText(rule, text)
}

// assignOne stores a value that has no parts. Errors about its type never
// repeat it: it may be a password out of place.
func assignOne(field reflect.Value, raw any, rule string) error {
	switch field.Type() {
	case durationType:
		return assignDuration(field, raw, rule)
	case prefixType:
		return assignPrefix(field, raw)
	case asnType:
		return assignASN(field, raw)
	case dateType:
		day, err := parseDate(raw)
		field.SetString(string(day))
		return err
	}
	switch field.Kind() {
	case reflect.Bool:
		b, ok := raw.(bool)
		if !ok {
			return fmt.Errorf("must be true or false, not %s", nameOf(raw))
		}
		field.SetBool(b)
	case reflect.Int:
		n, ok := raw.(int64)
		if !ok || n > math.MaxInt32 || n < math.MinInt32 {
			return fmt.Errorf("must be a whole number, not %s", nameOf(raw))
		}
		field.SetInt(n)
		return obeyNumber(rule, n)
	case reflect.String:
		s, ok := raw.(string)
		if !ok {
			return fmt.Errorf("must be text in quotes, not %s", nameOf(raw))
		}
		field.SetString(s)
		return obeyText(rule, s)
	}
	return nil
}

func assignDuration(field reflect.Value, raw any, rule string) error {
	s, ok := raw.(string)
	if !ok {
		return fmt.Errorf(`must be a duration in quotes, like "10s", not %s`, nameOf(raw))
	}
	d, err := ParseDuration(s)
	if err != nil {
		return err
	}
	field.SetInt(int64(d))
	return obeyNumber(rule, int64(d))
}

func assignPrefix(field reflect.Value, raw any) error {
	s, ok := raw.(string)
	if !ok {
		return fmt.Errorf(`must be a network in quotes, like "192.0.2.0/24", not %s`, nameOf(raw))
	}
	p, err := parsePrefix(s)
	if err != nil {
		return err
	}
	field.Set(reflect.ValueOf(p))
	return nil
}

// nameOf says what a TOML value is, in the words of a person.
func nameOf(raw any) string {
	switch raw.(type) {
	case string:
		return "text"
	case bool:
		return "true or false"
	case int64:
		return "a number"
	case float64:
		return "a number with a point"
	case time.Time:
		return "a date or time"
	case []any:
		return "a list"
	case map[string]any:
		return "a table"
	case []map[string]any:
		return "a list of tables"
	}
	return "this"
}
