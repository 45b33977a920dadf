package tokens

import (
	"encoding/json"
	"strings"
	"testing"
)

// The counts are those of o200k_base, taken with its own tokenizer. English and schemas lie within a sixth of it; other text is charged
// more rather than less.
func TestEstimateIsNearTheTokenizer(t *testing.T) {
	tests := []struct {
		counted int
		most    float64 // how much more the estimate may be
		text    string
	}{
		{26, 1.17, "Saves a note for the signed-in person. The text is kept as it is, and found again by list_my_notes."},
		{57, 1.17, `{"name":"save_note","description":"Saves a note.","input_schema":{"type":"object","properties":{"text":{"type":"string","description":"Text of the note.","minLength":1,"maxLength":2000}},"required":["text"],"additionalProperties":false}}`},
		{103, 1.17, `{"type":"object","properties":{"customer":{"type":"string","minLength":1,"maxLength":60},"email":{"type":"string","format":"email"},"speed":{"type":"string","description":"- slow: by ship\n- fast: by plane","enum":["slow","fast"]},"weight":{"type":"number"},"parcels":{"type":"integer","minimum":1,"maximum":20},"ship":{"$ref":"#/$defs/tools.Address"}},"required":["customer","email"]}`},
		{23, 1.2, "func (c *Client) ListOrders(ctx context.Context, opts ...ListOption) ([]*Order, error)"},
		{59, 1.17, "fb3c1d2e-9a77-4c1b-8f0e-0d5c6e7f8a9b 2026-07-28T10:11:12Z https://example.com/a/b?c=d&e=f"},
		{19, 1.5, "Gibt die Einstellungen der angemeldeten Person zurück, einschließlich der Benachrichtigungen."},
		{17, 1.5, "根据用户的查询返回符合条件的订单列表,并按照创建时间排序。"},
		{16, 1.5, "Возвращает список заказов пользователя, отсортированный по дате создания."},
	}
	for _, tt := range tests {
		if got := Estimate(tt.text); float64(got) > float64(tt.counted)*tt.most || float64(got) < float64(tt.counted)*0.84 {
			t.Errorf("estimate %d, counted %d: %s", got, tt.counted, tt.text)
		}
	}
}

func TestEstimate(t *testing.T) {
	for text, want := range map[string]int{
		"": 0, " ": 0, "\n\n": 1, "a": 1, "maxLength": 2, "HTTPServer": 2, "description": 1, "12345": 2, "internationalization": 3,
		`"},{"`: 2, "…": 1, "名": 1, "é": 1, "save_note": 3,
	} {
		if got := Estimate(text); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

func TestToolCountsWhatModelsAreGiven(t *testing.T) {
	schema := json.RawMessage(`{"type": "object",
		"properties": {}}`)
	if got, want := Tool("a", "B & <c>.", schema), Estimate(`{"name":"a","description":"B & <c>.","input_schema":{"type":"object","properties":{}}}`); got != want {
		t.Errorf("got %d, want %d", got, want)
	}
	if got := Tool("a", "b", json.RawMessage("{")); got != 3 {
		t.Errorf("a schema that is none: %d", got)
	}
	if Tool("a", "b", nil) == 0 {
		t.Error("without a schema it is free")
	}
}

func FuzzEstimate(f *testing.F) {
	f.Add("a b")
	f.Add("\xff\xfe")
	f.Fuzz(func(t *testing.T, text string) {
		n := Estimate(text)
		if n < 0 || n > len(text) || n != Estimate(text) {
			t.Errorf("%q: %d", text, n)
		}
		if strings.TrimSpace(text) != "" && n == 0 {
			t.Errorf("%q is free", text)
		}
	})
}
