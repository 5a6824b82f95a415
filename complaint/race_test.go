//go:build race

package complaint

// raceEnabled: the race detector makes everything several times slower.
const raceEnabled = true
