package replay

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/netip"
	"strings"
)

func (s *Server) rdapHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /bootstrap/{file}", s.serveBootstrap)
	mux.HandleFunc("GET /rdap/{kind}/{query...}", s.serveRDAP)
	return mux
}

// serveBootstrap answers with a file in the format of RFC 9224 that names this
// server for everything that it has an answer for.
func (s *Server) serveBootstrap(w http.ResponseWriter, r *http.Request) {
	file := r.PathValue("file")
	if f, bad := s.arrive(Bootstrap, file); bad && f.spoil(w, r, s.base+r.URL.Path) {
		return
	}
	entries := []string{}
	for key := range s.registry.RDAP {
		if name, entry := bootstrapEntry(key); name == file {
			entries = append(entries, entry)
		}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{
		"version":     "1.0",
		"publication": "2026-01-01T00:00:00Z",
		"description": "replay",
		"services":    [][][]string{{entries, {s.RDAPURL()}}},
	})
}

// bootstrapEntry tells which bootstrap file lists a key, and how.
func bootstrapEntry(key string) (file, entry string) {
	if prefix, err := netip.ParsePrefix(key); err == nil {
		if prefix.Addr().Is4() {
			return "ipv4.json", prefix.Masked().String()
		}
		return "ipv6.json", prefix.Masked().String()
	}
	if number, ok := strings.CutPrefix(key, "AS"); ok {
		return "asn.json", number + "-" + number
	}
	if strings.HasPrefix(key, "entity/") {
		return "", ""
	}
	return "dns.json", key[strings.LastIndexByte(key, '.')+1:]
}

func (s *Server) serveRDAP(w http.ResponseWriter, r *http.Request) {
	kind, query := r.PathValue("kind"), r.PathValue("query")
	f, bad := s.arrive(RDAP, kind+"/"+query)
	if bad && f.spoil(w, r, s.base+r.URL.Path) {
		return
	}
	w.Header().Set("Content-Type", "application/rdap+json")
	body, ok := s.rdapAnswer(kind, query)
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte(`{"errorCode":404,"title":"Not Found"}`))
		return
	}
	body = bytes.ReplaceAll(body, []byte("{base}"), []byte(s.RDAPURL()))
	if f.Cut {
		body = body[:len(body)/2]
	}
	_, _ = w.Write(body)
}

func (s *Server) rdapAnswer(kind, query string) ([]byte, bool) {
	keys := func(yield func(string) bool) {
		for key := range s.registry.RDAP {
			if !yield(key) {
				return
			}
		}
	}
	switch kind {
	case "ip", "domain":
		key, ok := match(keys, query)
		return s.registry.RDAP[key], ok
	case "autnum":
		body, ok := s.registry.RDAP["AS"+query]
		return body, ok
	case "entity":
		body, ok := s.registry.RDAP["entity/"+query]
		return body, ok
	}
	return nil, false
}
