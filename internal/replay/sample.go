package replay

import (
	"embed"
	"io/fs"
	"path"
	"strings"
)

//go:embed answers
var answers embed.FS

// Sample is an invented corner of the internet on documentation addresses (RFC
// 5737, 3849, 9637, 5398), each network in the shape of another registry:
//
//	192.0.2.0/24       RIPE NCC   abuse@broadband.example, in the abuse role
//	198.51.100.0/24    ARIN       abuse@hosting.example, nested in the organisation
//	203.0.113.0/24     APNIC      the abuse role is the national registry's; the technical contact lists abuse@telecom.example
//	2001:db8::/32      AFRINIC    no roles; remarks name abuse@carrier.example
//	3fff::/20          RIPE NCC   nobody
//	AS64500            RIPE NCC   abuse@broadband.example
//	shop.example       registry   the registrar's desk is abuse@registrar.example
func Sample() Registry {
	r, err := Load(answers, "answers")
	if err != nil {
		panic("replay: embedded answers: " + err.Error()) // a build fault
	}
	return r
}

// Load reads a Registry from files: rdap/KEY.json and whois/HOST/KEY.txt, with
// "_" for the "/" in a key and "-" for the ":" of IPv6.
func Load(files fs.FS, root string) (Registry, error) {
	r := Registry{RDAP: map[string][]byte{}, WHOIS: map[string]map[string]string{}}
	err := fs.WalkDir(files, root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		dir, file := path.Split(strings.TrimPrefix(name, root+"/"))
		key := fileKey(strings.TrimSuffix(file, path.Ext(file)))
		switch host, isWHOIS := strings.CutPrefix(path.Clean(dir), "whois/"); {
		case isWHOIS:
			if r.WHOIS[host] == nil {
				r.WHOIS[host] = map[string]string{}
			}
			r.WHOIS[host][key] = string(body)
		default:
			r.RDAP[key] = body
		}
		return nil
	})
	return r, err
}

func fileKey(name string) string {
	prefix, bits, isNet := strings.Cut(name, "_")
	if !isNet {
		return name
	}
	if strings.Contains(prefix, "-") {
		prefix = strings.ReplaceAll(prefix, "-", ":")
	}
	return prefix + "/" + bits
}
