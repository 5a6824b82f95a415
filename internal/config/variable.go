package config

import (
	"errors"
	"reflect"
	"strconv"
	"strings"
)

// fromText turns the value of a variable into what the TOML decoder would
// have delivered: lists are "a,b", maps are "a=b,c=d".
func fromText(t reflect.Type, text string) (any, error) {
	switch {
	case t == durationType || t == prefixType || t == secretType:
		return text, nil
	case t.Kind() == reflect.Bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return nil, errors.New("must be true or false")
		}
		return b, nil
	case t.Kind() == reflect.Int:
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil {
			return nil, errors.New("must be a whole number")
		}
		return n, nil
	case t.Kind() == reflect.Slice:
		return splitList(text), nil
	case t.Kind() == reflect.Map:
		return splitMap(text)
	}
	return text, nil
}

func splitList(text string) []any {
	items := []any{}
	if strings.TrimSpace(text) == "" {
		return items
	}
	for item := range strings.SplitSeq(text, ",") {
		items = append(items, strings.TrimSpace(item))
	}
	return items
}

func splitMap(text string) (map[string]any, error) {
	items := map[string]any{}
	for _, item := range splitList(text) {
		name, value, ok := strings.Cut(item.(string), "=")
		if !ok {
			return nil, errors.New("must be pairs, like a=b,c=d")
		}
		items[strings.TrimSpace(name)] = strings.TrimSpace(value)
	}
	return items, nil
}
