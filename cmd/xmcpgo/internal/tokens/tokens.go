// Package tokens estimates how many tokens of a model's context a text takes.
//
// It counts pieces as byte-pair encodings cut text (words at changes of case, numbers in threes, runs of punctuation) and charges each by
// its length, without the vocabulary of any model: that is megabytes, and differs from one model to the next. For JSON Schemas and English the
// estimate lies within a sixth of the count of OpenAI's o200k_base; other models count differently, some a third more. It depends on the
// text alone, so a budget that holds today holds tomorrow.
package tokens

import (
	"bytes"
	"encoding/json"
	"unicode"
	"unicode/utf8"
)

// Name says which estimate this is.
const Name = "xmcpgo-1, an estimate of o200k_base"

// Estimate is the number of tokens in a text, about.
func Estimate(text string) int {
	n := 0
	for text != "" {
		r, _ := utf8.DecodeRuneInString(text)
		kind := kindOf(r)
		end := len(text)
		for i, c := range text {
			if kindOf(c) != kind {
				end = i
				break
			}
		}
		n += kind.cost(text[:end])
		text = text[end:]
	}
	return n
}

// Tool is the estimate for a tool as models are given it: name, description and input schema as compact JSON.
func Tool(name, description string, inputSchema json.RawMessage) int {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(struct {
		Name        string          `json:"name"`
		Description string          `json:"description"`
		InputSchema json.RawMessage `json:"input_schema,omitempty"`
	}{name, description, inputSchema})
	if err != nil { // a schema that is no JSON
		return Estimate(name) + Estimate(description) + Estimate(string(inputSchema))
	}
	return Estimate(string(bytes.TrimSpace(b.Bytes())))
}

// kind of a rune, as the encodings tell pieces apart.
type kind int

const (
	space kind = iota
	digit
	letter
	ideograph
	other
)

func kindOf(r rune) kind {
	switch {
	case unicode.IsSpace(r):
		return space
	case unicode.IsDigit(r):
		return digit
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai):
		return ideograph
	case unicode.IsLetter(r), unicode.IsMark(r):
		return letter
	}
	return other
}

// What a token holds of a piece, on average.
const (
	lettersPerToken     = 8 // of ASCII
	otherLetters        = 4
	digitsPerToken      = 3
	punctuationPerToken = 4
)

func (k kind) cost(piece string) int {
	runes := utf8.RuneCountInString(piece)
	switch k {
	case space:
		if piece == " " { // part of the word behind it
			return 0
		}
		return 1
	case digit:
		return ceil(runes, digitsPerToken)
	case ideograph:
		return ceil(3*runes, 4)
	case letter:
		return words(piece)
	}
	if len(piece) == runes {
		return ceil(runes, punctuationPerToken)
	}
	return runes
}

// common are words of schemas that are one token in spite of their length.
func common(word string) bool {
	switch word {
	case "description", "properties", "Properties", "additional":
		return true
	}
	return false
}

// words cuts a run of letters where its case changes: maxLength is two words, HTTPServer is HTTP and Server.
func words(run string) int {
	n, start := 0, 0
	runes := []rune(run)
	for i := 1; i <= len(runes); i++ {
		switch {
		case i == len(runes):
		case unicode.IsUpper(runes[i]) && !unicode.IsUpper(runes[i-1]):
		case unicode.IsUpper(runes[i]) && i+1 < len(runes) && unicode.IsLower(runes[i+1]):
		default:
			continue
		}
		n += word(string(runes[start:i]))
		start = i
	}
	return n
}

func word(w string) int {
	runes := utf8.RuneCountInString(w)
	switch {
	case common(w):
		return 1
	case runes == len(w):
		return ceil(runes, lettersPerToken)
	}
	return ceil(runes, otherLetters)
}

func ceil(n, by int) int { return (n + by - 1) / by }
