// Package lookup finds the network that an address belongs to and the desk
// that acts on abuse there: RDAP (RFC 9082, 9083) first, then WHOIS (RFC 3912).
package lookup
