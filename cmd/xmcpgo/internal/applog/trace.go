package applog

import "strings"

// Frame is a function in a trace, and the place where it was. Function has no arguments, File has slashes, Line is a number.
type Frame struct{ Function, File, Line string }

// Frames reads what debug.Stack writes: a line for a function, and one for its place. All else is passed over.
func Frames(stack string) []Frame {
	var list []Frame
	function := ""
	for line := range strings.Lines(stack) {
		line = strings.TrimRight(line, "\r\n")
		place, isPlace := strings.CutPrefix(line, "\t")
		if !isPlace {
			function = line
			if at := strings.LastIndexByte(line, '('); at > 0 && !strings.HasPrefix(line, "created by ") {
				function = line[:at]
			}
			continue
		}
		place, _, _ = strings.Cut(place, " +0x")
		if at := strings.LastIndexByte(place, ':'); at > 0 && function != "" {
			list = append(list, Frame{function, place[:at], place[at+1:]})
		}
		function = ""
	}
	return list
}
