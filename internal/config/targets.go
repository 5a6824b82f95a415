package config

import (
	"fmt"
	"slices"
	"time"

	"spamreport/complaint/target"
)

// checkTargets wants the targets and the recipients of copies to go together:
// a block that nothing comes of would be a lie.
func (l *loader) checkTargets(c *Complaint) {
	if len(c.Targets) == 0 && !l.wrong["complaint.targets"] {
		l.mistake("complaint.targets", `empty: name at least one, like "source"`)
	}
	on := slices.Contains(c.Targets, "extra")
	if on && len(c.Extra) == 0 {
		l.mistake("complaint.targets", "extra: nobody is named; add a [[complaint.extra]]")
	}
	for i, e := range c.Extra {
		path := fmt.Sprintf("complaint.extra[%d]", i+1)
		if !on && i == 0 && !l.wrong["complaint.targets"] {
			l.mistake(path, `gets nothing: add "extra" to complaint.targets`)
		}
		l.checkExtra(e, path)
	}
	l.checkAgain(c)
}

// checkExtra wants one address, a known one or the user's own.
func (l *loader) checkExtra(e Extra, path string) {
	if l.wrong[path+".to"] || l.wrong[path+".preset"] {
		return
	}
	switch {
	case e.Preset == "" && e.To == "":
		l.mistake(path, "is for nobody: add preset or to")
	case e.Preset != "" && e.To != "":
		l.mistake(path+".to", "preset is set too: keep one of preset, to")
	case e.Preset == "" && e.Code != "":
		l.mistake(path+".code", "goes with a preset: write the whole address in to")
	case e.Preset != "":
		if _, err := target.Preset(e.Preset, e.Code); err != nil {
			l.mistake(path+".preset", "%v", err)
		}
	}
}

// checkAgain wants a reminder to have a chance: it is about further copies, and
// those are counted for merge_for.
func (l *loader) checkAgain(c *Complaint) {
	if c.RemindAfter > 0 && c.RemindAfter >= c.MergeFor && !l.wrong["complaint.remind_after"] {
		l.mistake("complaint.remind_after", "must be shorter than merge_for, %s, during which further copies are counted", shortDuration(c.MergeFor))
	}
}

// shortDuration writes whole days as such.
func shortDuration(d time.Duration) string {
	if d > 0 && d%(24*time.Hour) == 0 {
		return fmt.Sprintf("%dd", d/(24*time.Hour))
	}
	return d.String()
}
