package headers

import (
	"cmp"
	"strings"
	"time"
)

// parseTime reads the date of a Received line: RFC 5322 §3.3 and §4.3 and
// what servers write instead (no weekday, fractions, ISO order, ctime).
// What it cannot read is the zero time.
func parseTime(s string) time.Time {
	var t struct {
		year, month, day, hour, min, sec, offset int
		clock, zone                              bool
	}
	t.day, t.month, t.year = -1, -1, -1
	if at, length := usualTime(s); length > 0 {
		return at
	}
	if at := strings.IndexByte(s, '('); at > 0 {
		s = s[:at]
	}
	for n := 0; s != "" && n < 16; n++ {
		var word string
		if end := strings.IndexAny(s, " ,"); end >= 0 {
			word, s = s[:end], s[end+1:]
		} else {
			word, s = s, ""
		}
		switch {
		case word == "":
		case strings.IndexByte(word, ':') > 0 && !t.clock:
			t.hour, t.min, t.sec, t.clock = parseClock(word)
		case isoDate(word):
			t.year, t.month, t.day = number(word[:4]), number(word[5:7]), number(word[8:])
		case word[0] == '+' || word[0] == '-':
			if v := number(word[1:]); v >= 0 && len(word) == 5 && !t.zone {
				t.offset, t.zone = v/100*3600+v%100*60, true
				if word[0] == '-' {
					t.offset = -t.offset
				}
			}
		case number(word) >= 0:
			switch {
			case t.day < 0 && len(word) <= 2:
				t.day = number(word)
			case t.year < 0:
				t.year = century(number(word), len(word))
			}
		case t.month < 0 && monthNumber(word) > 0:
			t.month = monthNumber(word)
		case t.clock && !t.zone:
			if off, ok := zoneOffset(word); ok {
				t.offset, t.zone = off, true
			}
		}
	}
	if t.day < 1 || t.day > 31 || t.month < 1 || t.month > 12 || t.year < 1970 || t.year > 9999 || !t.clock {
		return time.Time{}
	}
	at := time.Date(t.year, time.Month(t.month), t.day, t.hour, t.min, t.sec, 0, time.UTC)
	if at.Day() != t.day { // the 31st of February
		return time.Time{}
	}
	return at.Add(-time.Duration(t.offset) * time.Second)
}

// usualTime reads the form that nearly all servers write, without looking for
// others: "Thu, 1 Jan 2026 10:00:00 +0000", and what may follow it. It returns
// the number of bytes that it read; 0 when the date is of another form.
func usualTime(s string) (at time.Time, length int) {
	const form = " Jan 2026 10:00:00 +0000"
	if len(s) < 6+len(form) || s[3] != ',' || s[4] != ' ' {
		return at, 0
	}
	day := strings.IndexByte(s[5:], ' ') + 5
	length = day + len(form)
	if length > len(s) || length < len(s) && s[length] != ' ' {
		return at, 0
	}
	f := s[day:length]
	d, m, y := number(s[5:day]), monthNumber(f[1:4]), 100*pair(f[5:])+pair(f[7:])
	hour, minute, second, zone := pair(f[10:]), pair(f[13:]), pair(f[16:]), 60*pair(f[20:])+pair(f[22:])
	if d < 1 || m == 0 || y < 1970 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60 || zone < 0 ||
		f[4] != ' ' || f[9] != ' ' || f[12] != ':' || f[15] != ':' || f[18] != ' ' || f[19] != '+' && f[19] != '-' {
		return at, 0
	}
	at = time.Date(y, time.Month(m), d, hour, minute, second, 0, time.UTC)
	if d > 28 && at.Day() != d {
		return at, 0
	}
	if f[19] == '+' {
		zone = -zone
	}
	return at.Add(time.Duration(zone) * time.Minute), length
}

// pair reads the two digits at the beginning of s; far below zero when they
// are something else.
func pair(s string) int {
	tens, ones := s[0]-'0', s[1]-'0'
	if tens > 9 || ones > 9 {
		return -10000
	}
	return int(tens)*10 + int(ones)
}

func parseClock(s string) (hour, minute, second int, ok bool) {
	s, _, _ = strings.Cut(s, ".")
	h, rest, _ := strings.Cut(s, ":")
	m, sec, withSeconds := strings.Cut(rest, ":")
	hour, minute = number(h), number(m)
	if withSeconds {
		second = number(sec)
	}
	ok = hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second <= 60
	return hour, minute, second, ok
}

// number reads up to nine digits; -1 when s is something else.
func number(s string) int {
	if s == "" || len(s) > 9 {
		return -1
	}
	n := 0
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return -1
		}
		n = n*10 + int(s[i]-'0')
	}
	return n
}

// century completes a year of two or three digits (RFC 5322 §4.3).
func century(year, digits int) int {
	switch {
	case digits == 2 && year < 50:
		return year + 2000
	case digits == 2 || digits == 3:
		return year + 1900
	}
	return year
}

func monthNumber(s string) int {
	if len(s) < 3 {
		return 0
	}
	const names = "janfebmaraprmayjunjulaugsepoctnovdec"
	low := [3]byte{s[0] | 0x20, s[1] | 0x20, s[2] | 0x20}
	for i := 0; i < 12; i++ {
		if names[3*i:3*i+3] == string(low[:]) {
			return i + 1
		}
	}
	return 0
}

// zoneOffset knows the zone names of RFC 5322 §4.3; others are ambiguous.
func zoneOffset(s string) (seconds int, ok bool) {
	switch strings.ToUpper(s) {
	case "GMT", "UT", "UTC", "Z":
		return 0, true
	case "EDT":
		return -4 * 3600, true
	case "EST", "CDT":
		return -5 * 3600, true
	case "CST", "MDT":
		return -6 * 3600, true
	case "MST", "PDT":
		return -7 * 3600, true
	case "PST":
		return -8 * 3600, true
	}
	return 0, false
}

// isoDate reports whether a word has the form 2026-01-31.
func isoDate(s string) bool {
	return len(s) == 10 && s[4] == '-' && s[7] == '-' && number(s[:4]) > 0 && number(s[5:7]) > 0 && number(s[8:]) > 0
}

func weekday(s string) bool {
	const names = "mon tue wed thu fri sat sun"
	return len(s) == 3 && indexFold(names, s)%4 == 0
}

// dateFault says in a few words why a date cannot be right; "" when it can,
// or when it is not a date at all: that happens to honest servers.
func dateFault(s string) string {
	if at := strings.IndexByte(s, '('); at > 0 {
		s = s[:at]
	}
	if t, length := usualTime(s); length > 0 && strings.TrimLeft(s[length:], " ") == "" {
		zone := s[length-5 : length]
		return cmp.Or(zoneFault(zone), weekdayFault(s[:3], t, zone), eraFault(t))
	}
	t := parseTime(s)
	day, month := "", 0
	for word := range strings.FieldsSeq(s) {
		word = strings.Trim(word, ",")
		switch {
		case weekday(word):
			day = word
		case len(word) == 3 && monthNumber(word) > 0:
			month = monthNumber(word)
		case len(word) == 5 && (word[0] == '+' || word[0] == '-'):
			if fault := cmp.Or(zoneFault(word), weekdayFault(day, t, word)); fault != "" {
				return fault
			}
		}
	}
	if t.IsZero() && month > 0 && strings.IndexByte(s, ':') > 0 {
		return "there is no such day or hour"
	}
	return eraFault(t)
}

func zoneFault(zone string) string {
	if v := number(zone[1:]); v >= 0 && (v%100 >= 60 || v > 1400) {
		return "there is no time zone " + clean(zone, 8)
	}
	return ""
}

// weekdayFault compares the name of a day with the date in its zone, of the
// form +0100.
func weekdayFault(day string, t time.Time, zone string) string {
	v := number(zone[1:])
	if v < 0 || !weekday(day) || t.IsZero() {
		return ""
	}
	offset := time.Duration(v/100*60+v%100) * time.Minute
	if zone[0] == '-' {
		offset = -offset
	}
	if name := t.Add(offset).Weekday().String(); !equalFold(day, name[:3]) {
		return "that day was a " + name
	}
	return ""
}

func eraFault(t time.Time) string {
	if !t.IsZero() && t.Year() < 1982 { // RFC 821
		return "there was no SMTP yet"
	}
	return ""
}
