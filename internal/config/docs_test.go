package config

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// described is a key with everything that the documentation says about it.
type described struct {
	path     string // account[1].server
	table    string // Go name of the struct
	name     string
	variable string
	deflt    string
	doc      string
}

// allKeys walks the schema, with one account.
func allKeys() []described {
	var all []described
	docs := fieldComments()
	var walk func(v reflect.Value, path, variable string)
	walk = func(v reflect.Value, path, variable string) {
		for _, k := range keysOf(v) {
			at, name := join(path, k.name), variable+"_"+strings.ToUpper(k.name)
			switch k.kind() {
			case table:
				walk(k.value, at, name)
			case tables:
				walk(reflect.New(k.value.Type().Elem()).Elem(), at+"[1]", name+"_1")
			default:
				goName := v.Type().Name()
				all = append(all, described{at, goName, k.name, name, k.deflt, docs[goName+"."+k.name]})
			}
		}
	}
	walk(reflect.ValueOf(&Config{}).Elem(), "", "SPAMREPORT")
	return all
}

// fieldComments reads the comments of the structs that are the schema, by
// struct and key.
func fieldComments() map[string]string {
	docs := map[string]string{}
	names, _ := filepath.Glob("*.go")
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			panic(err)
		}
		addFieldComments(file, docs)
	}
	return docs
}

func addFieldComments(file *ast.File, docs map[string]string) {
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		schema, ok := spec.Type.(*ast.StructType)
		if !ok {
			return false
		}
		for _, f := range schema.Fields.List {
			if f.Tag == nil {
				continue
			}
			tag := reflect.StructTag(strings.Trim(f.Tag.Value, "`"))
			doc := strings.TrimSpace(f.Doc.Text())
			docs[spec.Name.Name+"."+tag.Get("toml")] = doc
			if secret := tag.Get("secret"); secret != "" {
				for form, how := range map[string]string{
					"": doc, "_file": "… or the file that holds it,", "_command": "… or the command that prints it,", "_env": "… or the variable that holds it.",
				} {
					docs[spec.Name.Name+"."+secret+form] = how
				}
			}
		}
		return false
	})
}

// TestTheDocumentationIsTheSchema makes the table of every section from the
// comments of its fields; -update writes them into the documentation.
func TestTheDocumentationIsTheSchema(t *testing.T) {
	const path = "../../docs/configuration.md"
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got := string(page)
	tables := map[string]*strings.Builder{}
	for _, k := range allKeys() {
		if k.doc == "" {
			t.Errorf("%s has no comment", k.path)
		}
		if tables[k.table] == nil {
			tables[k.table] = &strings.Builder{}
			tables[k.table].WriteString("| key | default | variable | meaning |\n| --- | --- | --- | --- |\n")
		}
		deflt := ""
		if k.deflt != "" {
			deflt = "`" + k.deflt + "`"
		}
		fmt.Fprintf(tables[k.table], "| `%s` | %s | `%s` | %s |\n", k.name, deflt, k.variable, k.doc)
	}
	for name, table := range tables {
		before, rest, ok1 := strings.Cut(got, "<!-- keys of "+name+" -->\n")
		_, after, ok2 := strings.Cut(rest, "<!-- end -->\n")
		if !ok1 || !ok2 {
			t.Errorf("%s has no place for the keys of %s", path, name)
			continue
		}
		got = before + "<!-- keys of " + name + " -->\n" + table.String() + "<!-- end -->\n" + after
	}
	sameAsFile(t, path, got)
}

// TestTheExamplesOfTheDocumentationLoad keeps them true.
func TestTheExamplesOfTheDocumentationLoad(t *testing.T) {
	page, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := strings.Split(string(page), "```toml\n")[1:]
	if len(examples) == 0 {
		t.Error("no example")
	}
	for _, example := range examples {
		text, _, _ := strings.Cut(example, "```")
		if _, wrong := load(t, text, 0o600); wrong != nil {
			t.Errorf("%v in\n%s", wrong, text)
		}
	}
}
