package xmcp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"strings"
	"testing"
	"time"
)

type hiddenValue struct{}

func (hiddenValue) LogValue() slog.Value { return slog.StringValue("hidden") }

type panickingValue struct{}

func (panickingValue) MarshalJSON() ([]byte, error) { panic("no") }

func TestLogData(t *testing.T) {
	at := time.Date(2026, 7, 28, 1, 2, 3, 4, time.UTC)
	for _, tt := range []struct {
		name  string
		attrs []slog.Attr
		want  string
	}{
		{"nothing", nil, `{"message":"m"}`},
		{"kinds", []slog.Attr{slog.Int("i", 1), slog.Bool("b", true), slog.String("s", "a<b"), slog.Duration("d", time.Minute), slog.Time("t", at), slog.Float64("f", 1.5), slog.Uint64("u", math.MaxUint64)},
			`{"message":"m","b":true,"d":"1m0s","f":1.5,"i":1,"s":"a<b","t":"2026-07-28T01:02:03.000000004Z","u":18446744073709551615}`},
		{"names once", []slog.Attr{slog.Int("a", 1), slog.Int("message", 2), slog.Int("a", 3)}, `{"message":"m","a":3}`},
		{"groups", []slog.Attr{slog.Group("g", slog.Int("a", 1)), slog.Group("g", slog.Int("b", 2)), slog.Group("", slog.Int("c", 3)), slog.Group("none"), {}},
			`{"message":"m","c":3,"g":{"a":1,"b":2}}`},
		{"group over value", []slog.Attr{slog.Int("g", 1), slog.Group("g", slog.Int("a", 1))}, `{"message":"m","g":{"a":1}}`},
		{"errors", []slog.Attr{slog.Any("e", errors.New("bad")), slog.Any("n", nil)}, `{"message":"m","e":"bad","n":null}`},
		{"valuer", []slog.Attr{slog.Any("p", hiddenValue{}), slog.Any("m", map[string]int{"x": 1})}, `{"message":"m","m":{"x":1},"p":"hidden"}`},
		{"cannot be encoded", []slog.Attr{slog.Any("c", make(chan int) == nil), slog.Float64("nan", math.NaN()), slog.Any("f", complex(1, 2)), slog.Any("p", panickingValue{})},
			`{"message":"m","c":false,"f":"(1+2i)","nan":"NaN","p":"xmcp.panickingValue: panic: no"}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := string(appendLogData(nil, "m", tt.attrs))
			if got != tt.want || !json.Valid([]byte(got)) {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestLevels(t *testing.T) {
	for level, want := range map[slog.Level]string{
		slog.LevelDebug - 4: "debug", slog.LevelDebug: "debug", slog.LevelInfo: "info", slog.LevelInfo + 1: "info", levelNotice: "notice",
		slog.LevelWarn: "warning", slog.LevelError: "error", levelCritical: "critical", levelAlert: "alert", levelEmergency: "emergency", levelEmergency + 9: "emergency",
	} {
		if got := levelName(level); got != want {
			t.Errorf("level %d is %q, want %q", level, got, want)
		}
		if back, ok := parseLevel(want); !ok || back > max(level, slog.LevelDebug) {
			t.Errorf("%q is level %d, %v", want, back, ok)
		}
	}
}

// A logger writes to the server's log by the server's level, and to the client by the client's.
func TestLoggerServesServerAndClient(t *testing.T) {
	var log bytes.Buffer
	s := newTestServer(t, Config{Logger: slog.New(slog.NewTextHandler(&log, nil))}, func(r *Registry) {
		tool1(r, "t", "", "", ToolMetadata{}, HandleToolBare(func(ctx context.Context) error {
			l := Logger(ctx)
			if !l.Enabled(ctx, slog.LevelInfo) || l.Enabled(ctx, slog.LevelDebug) {
				t.Error("enabled for what nobody wants, or not for what the server wants")
			}
			l.WithGroup("").With().Info("both", "n", 1)
			l.Debug("nobody")
			return nil
		}))
	})
	body := strings.Replace(callTModern, `"_meta":{`, `"_meta":{"io.modelcontextprotocol/logLevel":"info",`, 1)
	_, _, got := post(t, s, body, callTModernHdr)
	if !strings.Contains(got, `"data":{"message":"both","n":1}`) || strings.Contains(got, "nobody") {
		t.Errorf("the client gets %s", got)
	}
	if !strings.Contains(log.String(), "msg=both n=1") || strings.Contains(log.String(), "nobody") {
		t.Errorf("the log has %s", log.String())
	}
	Logger(context.Background()).Debug("outside a call it is the default logger")
	Progress(context.Background(), 1, 2, "outside a call it does nothing")
}

func TestProgressIsBoundedByWhatCanBeSaid(t *testing.T) {
	s := newTestServer(t, Config{}, func(r *Registry) {
		tool1(r, "t", "", "", ToolMetadata{}, HandleToolBare(func(ctx context.Context) error {
			for _, p := range [][2]float64{{0.1, 0}, {math.NaN(), 1}, {math.Inf(1), 1}, {1, math.NaN()}, {0.1, 0}, {-5, 0}, {0.30000000000000004, 1}, {1e21, 1e22}} {
				Progress(ctx, p[0], p[1], "")
			}
			return nil
		}))
	})
	_, _, got := post(t, s, strings.Replace(callT, `"name":"t"`, `"name":"t","_meta":{"progressToken":"p"}`, 1), nil)
	var sent []string
	for line := range strings.Lines(got) {
		if _, rest, ok := strings.Cut(line, `"progressToken":"p",`); ok {
			sent = append(sent, strings.TrimSuffix(strings.TrimSpace(rest), "}}"))
		}
	}
	want := `"progress":0.1 "progress":0.30000000000000004,"total":1 "progress":1000000000000000000000,"total":10000000000000000000000`
	if strings.Join(sent, " ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(sent, " "), want)
	}
}
