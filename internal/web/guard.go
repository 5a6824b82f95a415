package web

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// securityHeaders are on every answer.
var securityHeaders = map[string]string{
	"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
		"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
	"Referrer-Policy":              "no-referrer",
	"X-Content-Type-Options":       "nosniff",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Permissions-Policy":           "camera=(), geolocation=(), microphone=()",
	"X-Robots-Tag":                 "noindex",
	"Cache-Control":                "no-store",
}

// guard is what every request passes.
func (s *Site) guard(next http.Handler) http.Handler {
	origin := http.NewCrossOriginProtection()
	if s.Secure {
		// A proxy passes the Host field on, or not; the name is ours.
		for _, host := range s.Hosts {
			_ = origin.AddTrustedOrigin("https://" + host) // a host name makes a valid origin
		}
	}
	protected := origin.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range securityHeaders {
			w.Header().Set(name, value)
		}
		if s.Secure {
			w.Header().Set("Strict-Transport-Security", "max-age=31536000")
		}
		if !s.knowsHost(r.Host) {
			http.Error(w, "This page does not go by that name. Ask for it by the address that serve printed, or set url in [web].",
				http.StatusMisdirectedRequest)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		protected.ServeHTTP(w, r)
	})
}

// knowsHost refuses the names of others. An address is nobody's name, so a
// browser that asks for one was not led here by a name that points at it.
func (s *Site) knowsHost(host string) bool {
	name := strings.ToLower(host)
	if h, _, err := net.SplitHostPort(name); err == nil {
		name = h
	}
	if _, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil || name == "localhost" {
		return true
	}
	return slices.ContainsFunc(s.Hosts, func(known string) bool {
		return strings.EqualFold(known, host) || strings.EqualFold(known, name)
	})
}
