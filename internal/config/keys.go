package config

import (
	"net/netip"
	"reflect"
	"strings"
	"time"
)

// key is one thing that can be written in a table of the file.
type key struct {
	name  string
	value reflect.Value // of the field, settable
	deflt string        // default, written as in the environment
	check string        // name of the rule
	form  form          // how the secret is given, when the field is a Secret
}

// kind is the shape of a key in the file.
type kind int

const (
	leaf   kind = iota // a value
	table              // [name]
	tables             // [[name]]
)

func (k key) kind() kind {
	t := k.value.Type()
	if t.Kind() == reflect.Slice && isTable(t.Elem()) {
		return tables
	}
	if isTable(t) {
		return table
	}
	return leaf
}

func (k key) isSecret() bool { return k.value.Type() == secretType }

var (
	secretType    = reflect.TypeFor[Secret]()
	prefixType    = reflect.TypeFor[netip.Prefix]()
	durationType  = reflect.TypeFor[time.Duration]()
	asnType       = reflect.TypeFor[ASN]()
	dateType      = reflect.TypeFor[Date]()
	oneOrMoreType = reflect.TypeFor[OneOrMore]()
)

func isTable(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t != secretType && t != prefixType
}

// keysOf lists the keys of a table in the order of its struct. A Secret is
// four keys, one for every way to give it.
func keysOf(v reflect.Value) []key {
	var keys []key
	for i := range v.NumField() {
		tag := v.Type().Field(i).Tag
		k := key{name: tag.Get("toml"), value: v.Field(i), deflt: tag.Get("default"), check: tag.Get("check")}
		if name := tag.Get("secret"); name != "" {
			for _, f := range forms {
				k.name, k.form = name+f.suffix(), f
				keys = append(keys, k)
			}
			continue
		}
		if k.name != "-" {
			keys = append(keys, k)
		}
	}
	return keys
}

func findKey(v reflect.Value, name string) (key, bool) {
	for _, k := range keysOf(v) {
		if k.name == name {
			return k, true
		}
	}
	return key{}, false
}

// setDefaults fills a new table. The defaults are data of this package, so a
// bad one is a bug that the first test run finds.
func setDefaults(v reflect.Value) {
	for _, k := range keysOf(v) {
		switch {
		case k.kind() == table:
			setDefaults(k.value)
		case k.deflt != "":
			bug := func(_ string, err error) { panic("config: default of " + k.name + ": " + err.Error()) }
			raw, err := fromText(k.value.Type(), k.deflt)
			if err != nil {
				bug("", err)
			}
			assign(k.value, raw, k.check, bug)
		}
	}
}

// join and parent build and undo paths such as account[2].server.
func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func parent(path string) string {
	if strings.HasSuffix(path, "]") {
		return path[:strings.LastIndexByte(path, '[')]
	}
	return path[:max(strings.LastIndexByte(path, '.'), 0)]
}
