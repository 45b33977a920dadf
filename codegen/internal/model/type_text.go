package model

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// TagPosAt returns the place in the source of byte off of the tag's value; off may be the length of the tag. Where the
// source is not at hand it is the place of the field.
func (f *Field) TagPosAt(off int) Pos {
	if f.TagLit == "" || !f.TagPos.IsValid() {
		return f.Pos
	}
	_, offsets, ok := UnquoteOffsets(f.TagLit)
	if !ok || off < 0 || off >= len(offsets) {
		return f.TagPos
	}
	p := Pos{File: f.TagPos.File, Line: f.TagPos.Line, Column: f.TagPos.Column}
	before := f.TagLit[:offsets[off]]
	if n := strings.Count(before, "\n"); n > 0 { // a raw literal over several lines
		p.Line += n
		p.Column = len(before) - strings.LastIndexByte(before, '\n')
		return p
	}
	p.Column += len(before)
	return p
}

// UnquoteOffsets undoes the quoting of a Go string literal. offsets[i] is where in lit byte i of the value comes from; there
// is one more for the end of the value.
func UnquoteOffsets(lit string) (value string, offsets []int, ok bool) {
	if len(lit) < 2 || lit[0] != lit[len(lit)-1] {
		return "", nil, false
	}
	var b []byte
	body, quote := lit[1:len(lit)-1], lit[0]
	switch quote {
	case '`':
		for i := range len(body) {
			switch body[i] {
			case '`':
				return "", nil, false
			case '\r': // dropped by the language
			default:
				b = append(b, body[i])
				offsets = append(offsets, i+1)
			}
		}
	case '"':
		for rest := body; rest != ""; {
			at := 1 + len(body) - len(rest)
			if rest[0] == '\n' {
				return "", nil, false
			}
			r, multibyte, tail, err := strconv.UnquoteChar(rest, quote)
			if err != nil {
				return "", nil, false
			}
			n := len(b)
			if r < utf8.RuneSelf || !multibyte {
				b = append(b, byte(r))
			} else {
				b = utf8.AppendRune(b, r)
			}
			for i := range len(b) - n {
				off := at
				if rest[0] != '\\' { // a plain rune stands byte for byte
					off += min(i, len(rest)-len(tail)-1)
				}
				offsets = append(offsets, off)
			}
			rest = tail
		}
	default:
		return "", nil, false
	}
	return string(b), append(offsets, len(lit)-1), true
}
