// Package term shows results to a person: aligned, coloured where the
// terminal allows it, and safe, since every name in a spam message is chosen
// by somebody hostile and a terminal obeys escape sequences.
package term
