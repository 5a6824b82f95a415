// Package pipeline joins the stages: message → walk → lookup → policy →
// complaint → queue. One-shot, sweep and watch differ only in where messages
// come from and in who says yes.
package pipeline
