package reviewui

import (
	"fmt"
	"slices"
)

// How the lines of the screen are given out. Title, news and keys take three,
// the heading of the list one, the rule below it another.
const (
	frameHeight = 3
	minPreview  = 6 // less says nothing
)

// pageHeight is how much of a page is seen while it is read.
func (m Model) pageHeight() int { return max(1, m.height-frameHeight) }

// listHeight gives the list a third when the screen is high enough to show
// the beginning of the page, too.
func (m Model) listHeight() int {
	room := m.height - frameHeight - 1
	if n := m.previewHeight(); n > 0 {
		return room - 1 - n
	}
	return max(1, room)
}

func (m Model) previewHeight() int {
	room := m.height - frameHeight - 2
	list := max(4, room/3)
	if list = min(list, max(1, len(m.shown()))); room-list < minPreview {
		return 0
	}
	return room - list
}

// from is the page below a line.
func (p page) from(line int) []string { return p.lines[min(line, len(p.lines)):] }

// help lists the keys.
func (m Model) help() []string {
	lines := []string{""}
	for _, b := range bindings() {
		if b.help == "" {
			continue
		}
		key := b.shown
		if key == "" {
			key = b.keys[0]
		}
		where := ""
		switch {
		case slices.Equal(b.modes, inPage):
			where = " (reading)"
		case slices.Equal(b.modes, inList):
			where = " (list)"
		}
		lines = append(lines, cut(fmt.Sprintf("  %-10s %s%s", key, b.help, where), m.width))
	}
	return lines
}
