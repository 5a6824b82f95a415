package config

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// variablePrefix begins the name of every variable that is ours.
const variablePrefix = "SPAMREPORT_"

// maxAccounts bounds the numbers in SPAMREPORT_ACCOUNT_7_SERVER.
const maxAccounts = 1000

// otherVariables begin the names of our variables that are not keys: the
// file to read, and what the tests of the project take.
var otherVariables = []string{
	"SPAMREPORT_CONFIG",
	"SPAMREPORT_REQUIRE_SERVERS",
	"SPAMREPORT_SHARED",
	"SPAMREPORT_TEST_",
}

// variables splits an environment; of a name given twice the last one counts,
// as in a shell.
func variables(environ []string) map[string]string {
	vars := make(map[string]string, len(environ))
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		vars[name] = value
	}
	return vars
}

// environment applies the variables over what the file says. An empty one is
// as good as unset: compose files pass such on, and an empty list of desks to
// spare must not come about by accident.
func (l *loader) environment() {
	e := &envBinder{loader: l, left: map[string]string{}}
	for name, value := range l.vars {
		if strings.HasPrefix(name, variablePrefix) && value != "" {
			e.left[name] = value
		}
	}
	e.bind(reflect.ValueOf(&l.config).Elem(), strings.TrimSuffix(variablePrefix, "_"), "")
	e.leftovers()
}

// envBinder walks the schema as the file reader walks the file.
type envBinder struct {
	*loader
	left  map[string]string // variables that no key has claimed
	known []string          // names that a key would claim
}

func (e *envBinder) bind(into reflect.Value, name, path string) {
	for _, k := range keysOf(into) {
		variable := name + "_" + strings.ToUpper(k.name)
		at := join(path, k.name)
		switch k.kind() {
		case table:
			e.bind(k.value, variable, at)
		case tables:
			e.bindTables(k.value, variable, at)
		default:
			e.claim(k, variable, at)
		}
	}
}

// bindTables lets SPAMREPORT_ACCOUNT_1_… change the first account of the
// file, and the numbers after the last one add accounts.
func (e *envBinder) bindTables(into reflect.Value, variable, path string) {
	numbers := e.numbers(variable)
	for i := into.Len() + 1; len(numbers) > 0 && i <= numbers[len(numbers)-1]; i++ {
		if !slices.Contains(numbers, i) {
			e.gap(variable, path, i)
			return
		}
		into.Set(reflect.Append(into, reflect.Zero(into.Type().Elem())))
		setDefaults(into.Index(i - 1))
		e.where[fmt.Sprintf("%s[%d]", path, i)] = place{variable: fmt.Sprintf("%s_%d", variable, i)}
	}
	// At least one round, so that the names are known for suggestions.
	for i := range max(into.Len(), 1) {
		table := reflect.New(into.Type().Elem()).Elem()
		if i < into.Len() {
			table = into.Index(i)
		}
		e.bind(table, fmt.Sprintf("%s_%d", variable, i+1), fmt.Sprintf("%s[%d]", path, i+1))
	}
}

// gap reports a number that was skipped, and drops the variables after it.
func (e *envBinder) gap(variable, path string, missing int) {
	where := fmt.Sprintf("%s_%d_…", variable, missing)
	e.mistakes = append(e.mistakes, &Mistake{
		Where: where,
		What:  fmt.Sprintf("not set, but later numbers are: number every %s from 1", path),
	})
	maps.DeleteFunc(e.left, func(name, _ string) bool { return strings.HasPrefix(name, variable+"_") })
}

// numbers lists the positions that variables mention, in order.
func (e *envBinder) numbers(variable string) []int {
	var numbers []int
	for name := range e.left {
		rest, ok := strings.CutPrefix(name, variable+"_")
		digits, _, more := strings.Cut(rest, "_")
		n, err := strconv.Atoi(digits)
		counts := ok && more && err == nil && strconv.Itoa(n) == digits && n >= 1 && n <= maxAccounts
		if counts && notYetVariable(name) == "" {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return slices.Compact(numbers)
}

// claim stores a variable in its key.
func (e *envBinder) claim(k key, variable, path string) {
	e.known = append(e.known, variable)
	text, ok := e.left[variable]
	if !ok {
		return
	}
	delete(e.left, variable)
	e.where[path] = place{variable: variable}
	// A wrong value of the file stays a mistake, but the new one is judged too.
	delete(e.wrong, path)
	raw, err := fromText(k.value.Type(), text)
	if err != nil {
		e.mistake(path, "%s", err)
		return
	}
	e.set(k, raw, path)
}

// leftovers reports the variables that are no key: they look as if they
// changed something.
func (e *envBinder) leftovers() {
	for _, name := range slices.Sorted(maps.Keys(e.left)) {
		what := "unknown variable"
		switch {
		case e.isOther(name):
			continue
		case notYetVariable(name) != "":
			what = notYetVariable(name)
		default:
			if near := nearest(name, e.known, 2); near != "" {
				what += "; did you mean " + near + "?"
			}
		}
		e.mistakes = append(e.mistakes, &Mistake{Where: name, What: what})
	}
}

// isOther knows the variables that are ours but no keys, and those that a
// password_env names.
func (e *envBinder) isOther(name string) bool {
	for _, other := range otherVariables {
		if name == other || strings.HasSuffix(other, "_") && strings.HasPrefix(name, other) {
			return true
		}
	}
	for _, s := range e.config.secrets() {
		if !s.IsZero() && s.given.form == inVariable && s.given.ref == name {
			return true
		}
	}
	return false
}

// secrets lists every secret of the configuration.
func (c *Config) secrets() []Secret {
	all := []Secret{c.Relay.Secret, c.Relay.OAuth2.Secret, c.Complaint.RedactKey}
	for _, a := range c.Accounts {
		all = append(all, a.Secret, a.OAuth2.Secret)
	}
	return all
}

var variableIndex = regexp.MustCompile(`_\d+_`)

// shownVariable is the name without prefix and numbers: ACCOUNT_SERVER.
func shownVariable(name string) string {
	return variableIndex.ReplaceAllString(strings.TrimPrefix(name, variablePrefix), "_")
}
