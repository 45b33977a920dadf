package tools

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/draw"
	"image/png"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// PaintSwatchMetadata makes PaintSwatch a tool.
var PaintSwatchMetadata = xmcp.ToolMetadata{Title: "Paint a colour", ReadOnly: xmcp.Yes}

// PaintSwatchInput is what the model sends.
type PaintSwatchInput struct {
	// Red part of the colour.
	Red int `json:"red" jsonschema:"minimum=0,maximum=255"`
	// Green part of the colour.
	Green int `json:"green" jsonschema:"minimum=0,maximum=255"`
	// Blue part of the colour.
	Blue int `json:"blue" jsonschema:"minimum=0,maximum=255"`
}

// PaintSwatch paints a small square in a colour.
func PaintSwatch(_ context.Context, in PaintSwatchInput) (*xmcp.Result, error) {
	square := image.NewRGBA(image.Rect(0, 0, 16, 16))
	fill := color.RGBA{R: uint8(in.Red), G: uint8(in.Green), B: uint8(in.Blue), A: 255}
	draw.Draw(square, square.Bounds(), image.NewUniform(fill), image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := png.Encode(&b, square); err != nil {
		return nil, err
	}
	return &xmcp.Result{Content: []xmcp.Content{
		xmcp.Text("The colour as a square of 16 by 16 pixels."),
		xmcp.Image(b.Bytes(), "image/png"),
	}}, nil
}
