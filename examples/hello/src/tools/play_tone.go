package tools

import (
	"context"
	"encoding/binary"
	"math"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// PlayToneMetadata makes PlayTone a tool.
var PlayToneMetadata = xmcp.ToolMetadata{Title: "Play a tone", ReadOnly: xmcp.Yes}

// PlayToneInput is what the model sends.
type PlayToneInput struct {
	// Hertz is the pitch.
	Hertz float64 `json:"hertz" jsonschema:"minimum=20,maximum=3500"`
	// Milliseconds is how long the tone lasts.
	Milliseconds int `json:"milliseconds,omitempty" jsonschema:"minimum=1,maximum=2000,default=200"`
}

// PlayTone makes a pure tone, as a WAV file.
func PlayTone(_ context.Context, in PlayToneInput) (*xmcp.Result, error) {
	const rate = 8000
	samples := make([]byte, rate*in.Milliseconds/1000)
	for i := range samples {
		samples[i] = uint8(128 + 100*math.Sin(2*math.Pi*in.Hertz*float64(i)/rate))
	}
	return &xmcp.Result{Content: []xmcp.Content{xmcp.Audio(wav(samples, rate), "audio/wav")}}, nil
}

// wav puts the header of a RIFF file before samples of 8 bits on one channel.
func wav(samples []byte, rate uint32) []byte {
	le := binary.LittleEndian
	file := make([]byte, 0, 44+len(samples))
	file = append(file, "RIFF"...)
	file = le.AppendUint32(file, uint32(36+len(samples)))
	file = append(file, "WAVEfmt "...)
	file = le.AppendUint32(file, 16)   // length of the format part
	file = le.AppendUint16(file, 1)    // uncompressed
	file = le.AppendUint16(file, 1)    // channels
	file = le.AppendUint32(file, rate) // samples a second
	file = le.AppendUint32(file, rate) // bytes a second
	file = le.AppendUint16(file, 1)    // bytes a sample
	file = le.AppendUint16(file, 8)    // bits a sample
	file = append(file, "data"...)
	file = le.AppendUint32(file, uint32(len(samples)))
	return append(file, samples...)
}
