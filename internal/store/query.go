package store

import (
	"strconv"
	"strings"
)

// placeholders collects the arguments of a query that is put together. Values
// never become part of the text.
type placeholders struct{ args []any }

// add returns the placeholder of an argument.
func (p *placeholders) add(arg any) string {
	p.args = append(p.args, arg)
	return "$" + strconv.Itoa(len(p.args))
}

// addAll returns the placeholders of a list, to stand between parentheses.
func addAll[T ~string](p *placeholders, list []T) string {
	marks := make([]string, len(list))
	for i, value := range list {
		marks[i] = p.add(string(value))
	}
	return strings.Join(marks, ", ")
}
