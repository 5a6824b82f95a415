package limit

// thresholds are the percentages of a quota at which somebody is told, the
// highest first.
var thresholds = []int{100, 90, 80}

// Threshold is the highest percentage of the quota that is reached and that
// nobody was told of yet; 0 when there is none. told is the last one that
// somebody was told of in this window. A quota of a minute or an hour alerts
// nobody: it spreads the mail, and is full many times a day.
func (q Quota) Threshold(used, told int) int {
	if q.Per != Day && q.Per != Month {
		return 0
	}
	for _, percent := range thresholds {
		if told >= percent {
			return 0
		}
		if used*100 >= q.Most*percent {
			return percent
		}
	}
	return 0
}
