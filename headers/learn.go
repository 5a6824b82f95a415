package headers

import "sort"

// Learned is one mail host that stands at the top of the user's ordinary mail.
type Learned struct {
	Name     string  // the host, as its own lines sign it or as the next server found it
	Messages int     // how many messages it stood in
	Share    float64 // of all messages that had a trace
	Rule     TrustRule
}

// LearnThreshold is the share of messages from which on a host is proposed.
const LearnThreshold = 0.5

// Learn finds the recipient's own mail hosts from the header blocks of
// ordinary mail. Hosts in at least the given share of them are returned, the
// commonest first; a share of 0 means LearnThreshold.
func Learn(blocks [][]byte, share float64) []Learned {
	if share <= 0 {
		share = LearnThreshold
	}
	count := map[string]int{}
	total := 0
	for _, b := range blocks {
		hops := Hops(b)
		if len(hops) == 0 {
			continue
		}
		total++
		if name := hops[0].By.Name; name != "" {
			count[name]++
		}
	}
	var found []Learned
	for name, n := range count {
		if s := float64(n) / float64(total); s >= share {
			rule, err := ParseTrust(name)
			if err != nil {
				continue
			}
			found = append(found, Learned{Name: name, Messages: n, Share: s, Rule: rule})
		}
	}
	sort.Slice(found, func(i, j int) bool {
		if found[i].Messages != found[j].Messages {
			return found[i].Messages > found[j].Messages
		}
		return found[i].Name < found[j].Name
	})
	return found
}
