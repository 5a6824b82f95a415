// Package link finds the web addresses in the texts of a message and says which
// host each of them leads to. Nothing is fetched and no name is resolved.
//
// Spam writes addresses so that people and browsers understand them and filters
// do not. Therefore they are read as browsers read them, by the WHATWG URL
// standard: backslashes are slashes, a tab or a line break inside is nothing,
// http://2130706433/ is 127.0.0.1, http://paypal.com@evil.example/ leads to
// evil.example, and http://pаypal.com with a Cyrillic а is xn--pypal-4ve.com.
// Addresses that only pass a visitor on and have the real one inside, as the
// scanners of mail providers write them, are unwrapped (wrappers.go).
//
//	for _, l := range link.InPage(html) {
//		fmt.Println(l.Host, l.Place, l.Shown())
//	}
package link
