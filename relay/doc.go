// Package relay moves messages: a durable queue and its delivery to a
// smarthost. It knows nothing of spam.
package relay
