package complaint

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emersion/go-message"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

const schemaRoot = "https://xarf.org/schemas/v4/"

// schemaFiles answers the schemas' own addresses from testdata.
type schemaFiles struct{}

func (schemaFiles) Load(url string) (any, error) {
	f, err := os.Open(filepath.Join("testdata", "xarf", filepath.FromSlash(strings.TrimPrefix(url, schemaRoot))))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return jsonschema.UnmarshalJSON(f)
}

func xarfSchema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(schemaFiles{})
	compiler.AssertFormat() // "format": "email" and the like are rules here
	compiler.AssertContent()
	schema, err := compiler.Compile(schemaRoot + "types/messaging-spam.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// xarfOf takes the report out of a complaint.
func xarfOf(t testing.TB, raw []byte) []byte {
	t.Helper()
	e, err := message.Read(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	mr := e.MultipartReader()
	for {
		p, err := mr.NextPart()
		if err != nil {
			t.Fatalf("no JSON part: %v", err)
		}
		if mediaType, _, _ := p.Header.ContentType(); mediaType == "application/json" {
			body, err := io.ReadAll(p.Body)
			if err != nil {
				t.Fatal(err)
			}
			return body
		}
	}
}

func validate(t testing.TB, schema *jsonschema.Schema, report []byte) {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(report))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(value); err != nil {
		t.Errorf("%v\n%.2000s", err, report)
	}
}

func TestXARFKeepsToTheSchema(t *testing.T) {
	schema := xarfSchema(t)
	samples := hostileSpam()
	samples["lottery"] = string(readSpam(t, "lottery.eml"))
	samples["a bounce"] = "Return-Path: <>\nFrom: daemon@bulk.example.com\nSubject: x\n\ny"
	samples["long values"] = "From: a@b.example\nSubject: " + strings.Repeat("ü", 900) + "\nMessage-ID: <" + strings.Repeat("x", 900) + "@y>\n\nz"
	for name, raw := range samples {
		t.Run(name, func(t *testing.T) {
			c := testComposer(t)
			c.Format = FormatXARF
			got := compose(t, c, testIncident([]byte("From: someone@bulk.example.com\n"+raw)))
			if got.Format != FormatXARF {
				t.Skip("there is no sender in it")
			}
			validate(t, schema, xarfOf(t, got.Raw))
		})
	}
}

func TestXARFSaysWhatTheIncidentSays(t *testing.T) {
	inc := testIncident(readSpam(t, "lottery.eml"))
	inc.Verdict.Hops[1].From.Port = 40312
	c := testComposer(t)
	c.Format = FormatXARF
	var got xarfReport
	if err := json.Unmarshal(xarfOf(t, compose(t, c, inc).Raw), &got); err != nil {
		t.Fatal(err)
	}
	if got.Source != "192.0.2.7" || got.SourcePort != 40312 || got.Timestamp != "2026-01-02T03:04:05Z" {
		t.Errorf("%+v", got)
	}
	if !strings.HasPrefix(got.SMTPFrom, "bounce-") || !strings.HasSuffix(got.SMTPFrom, "@bulk.example.com") {
		t.Errorf("smtp_from %s", got.SMTPFrom)
	}
	if enclosed := string(got.Evidence[0].Payload); !strings.Contains(enclosed, "[192.0.2.7]") || got.Evidence[0].Size != len(enclosed) {
		t.Errorf("evidence %.300s", enclosed)
	}
}

func TestSpamWithoutSenderBecomesText(t *testing.T) {
	c := testComposer(t)
	c.Format = FormatXARF
	got := compose(t, c, testIncident([]byte("Return-Path: <>\nSubject: x\n\ny")))
	checkMessage(t, got)
	if got.Format != FormatText || strings.Contains(got.Text, "XARF") {
		t.Errorf("format %s:\n%s", got.Format, got.Text)
	}
}
