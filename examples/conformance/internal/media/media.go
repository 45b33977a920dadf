// Package media holds the smallest image and the smallest sound.
package media

import _ "embed"

//go:embed pixel.png
var pixel string

//go:embed silence.wav
var silence string

// PNG is an image of one pixel. The caller may change it.
func PNG() []byte { return []byte(pixel) }

// WAV is a sound of one sample. The caller may change it.
func WAV() []byte { return []byte(silence) }
