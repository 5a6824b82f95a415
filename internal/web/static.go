package web

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"net/http"
	"path"
	"strconv"
)

//go:embed static/*.css static/*.js static/*.svg
var staticFiles embed.FS

// asset is a file that pages refer to.
type asset struct {
	content []byte
	kind    string
	version string // changes with the content
}

var assets = loadAssets()

var kindOf = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
}

func loadAssets() map[string]asset {
	entries, err := staticFiles.ReadDir("static")
	if err != nil {
		panic(err) // they are part of the program
	}
	all := map[string]asset{}
	for _, e := range entries {
		content, err := staticFiles.ReadFile("static/" + e.Name())
		if err != nil {
			panic(err)
		}
		sum := sha256.Sum256(content)
		all[e.Name()] = asset{content, kindOf[path.Ext(e.Name())], base64.RawURLEncoding.EncodeToString(sum[:9])}
	}
	return all
}

// assetURL names an asset so that a browser may keep it for good.
func assetURL(name string) string { return "/static/" + name + "?v=" + assets[name].version }

func serveStatic(w http.ResponseWriter, r *http.Request) {
	a, ok := assets[r.PathValue("name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", a.kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(a.content)))
	if r.URL.Query().Get("v") == a.version {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	_, _ = w.Write(a.content) // whoever went away does not miss it
}
