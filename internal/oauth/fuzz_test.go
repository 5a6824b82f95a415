package oauth

import (
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
)

const fuzzState = "the-state-that-nobody-knows"

// Without the state of our question nothing is taken for its answer, neither
// from the browser nor pasted.
func FuzzAnswer(f *testing.F) {
	for _, query := range []string{
		"code=stolen", "state=&code=stolen", "state=the-state-that-nobody-know&code=stolen",
		"state=x&state=the-state-that-nobody-knows&code=stolen", "%zz;state", "error=access_denied", "code=\x00",
	} {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		// What stands behind a question mark is the query of a pasted address.
		values, _ := url.ParseQuery(strings.ReplaceAll(query, "?", "&"))
		for _, value := range slices.Concat(slices.Collect(maps.Values(values))...) {
			if value == fuzzState {
				t.Skip("it knows the state")
			}
		}
		answers := make(chan url.Values, 1)
		w := httptest.NewRecorder()
		landing(fuzzState, answers).ServeHTTP(w, &http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/", RawQuery: query}})
		if w.Code != http.StatusNotFound || len(answers) > 0 {
			t.Errorf("%q is taken from a browser: %d", query, w.Code)
		}

		pasted := make(chan string) // await has looked at one when it takes the next
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			defer cancel()
			for _, line := range []string{"http://127.0.0.1:1/?" + query, query, ""} {
				select {
				case pasted <- line:
				case <-ctx.Done():
				}
			}
		}()
		if code, err := await(ctx, fuzzState, nil, pasted); err != context.Canceled {
			t.Errorf("%q is taken when it is pasted: code %q, %v", query, code, err)
		}
		cancel()
	})
}

// A token file that was damaged is an error or a token, never a log-in without one.
func FuzzTokenFile(f *testing.F) {
	for _, text := range []string{`{"access_token":"a","expiry":"2999-01-01T00:00:00Z"}`, `{"access_token":""}`, `{}`, `[]`, ``, `{"access_token":7}`, "\x00"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s := Source{Client: &Client{}, Dir: t.TempDir()}
		if err := os.WriteFile(s.file(), text, 0o600); err != nil {
			t.Fatal(err)
		}
		token, err := s.load()
		if err == nil && s.good(token) && token.AccessToken == "" {
			t.Errorf("%q is a good token without a token", text)
		}
	})
}
