package xmcp

import (
	"context"
	"log/slog"
	"slices"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// Levels between those of slog (RFC 5424 section 6.2.1).
const (
	levelNotice    = slog.LevelInfo + 2
	levelCritical  = slog.LevelError + 4
	levelAlert     = slog.LevelError + 8
	levelEmergency = slog.LevelError + 12
	levelOff       = slog.Level(1 << 20)
)

// defaultLogLevel is what a legacy client gets before it sets a level.
const defaultLogLevel = slog.LevelInfo

var logLevels = []struct {
	name  string
	level slog.Level
}{
	{"debug", slog.LevelDebug}, {"info", slog.LevelInfo}, {"notice", levelNotice}, {"warning", slog.LevelWarn},
	{"error", slog.LevelError}, {"critical", levelCritical}, {"alert", levelAlert}, {"emergency", levelEmergency},
}

func parseLevel(name string) (slog.Level, bool) {
	for _, l := range logLevels {
		if l.name == name {
			return l.level, true
		}
	}
	return 0, false
}

func levelName(level slog.Level) string {
	name := logLevels[0].name
	for _, l := range logLevels {
		if level < l.level {
			break
		}
		name = l.name
	}
	return name
}

// Logger returns a logger for the current call. What it logs goes to the server's log and, where the client has asked for
// log messages of that level, to the client as well. Outside a call it is [slog.Default].
func Logger(ctx context.Context) *slog.Logger {
	c := callOf(ctx)
	if c == nil {
		return slog.Default()
	}
	return slog.New(&clientHandler{call: c, next: c.srv.log.Handler()})
}

// clientLevel is the least level that the client wants.
func (c *call) clientLevel() slog.Level {
	if c.era == wire.Modern {
		if level, ok := parseLevel(c.msg.Params.Meta.LogLevel); ok {
			return level
		}
		return levelOff
	}
	if c.session != nil {
		return slog.Level(c.session.level.Load())
	}
	return levelOff
}

// setLevel answers logging/setLevel. Without a session there is nothing to keep the level in.
func (c *call) setLevel(dst []byte) ([]byte, error) {
	name, _ := c.msg.Params.String("level")
	level, ok := parseLevel(name)
	if !ok {
		return nil, wire.NewError(wire.CodeInvalidParams, "level must be one of debug, info, notice, warning, error, critical, alert, emergency")
	}
	if c.session != nil {
		c.session.level.Store(int32(level))
	}
	return dst, nil
}

// clientHandler sends records to the client of a call besides the server's log.
type clientHandler struct {
	call   *call
	next   slog.Handler
	attrs  []slog.Attr
	groups []string
}

func (h *clientHandler) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= h.call.clientLevel() || h.next.Enabled(ctx, level)
}

func (h *clientHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	c := *h
	c.next = h.next.WithAttrs(attrs)
	c.attrs = append(slices.Clip(h.attrs), nest(h.groups, attrs)...)
	return &c
}

func (h *clientHandler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	c := *h
	c.next = h.next.WithGroup(name)
	c.groups = append(slices.Clip(h.groups), name)
	return &c
}

// nest puts attributes into the groups that are open.
func nest(groups []string, attrs []slog.Attr) []slog.Attr {
	for _, g := range slices.Backward(groups) {
		attrs = []slog.Attr{{Key: g, Value: slog.GroupValue(attrs...)}}
	}
	return attrs
}

func (h *clientHandler) Handle(ctx context.Context, rec slog.Record) error {
	var err error
	if h.next.Enabled(ctx, rec.Level) {
		err = h.next.Handle(ctx, rec)
	}
	if rec.Level >= h.call.clientLevel() {
		_ = h.call.out.send(h.message(rec)) // a client that went away needs no log
	}
	return err
}

// message encodes a record as notifications/message (MCP 2025-11-25, server/utilities/logging).
func (h *clientHandler) message(rec slog.Record) []byte {
	attrs := h.attrs
	if rec.NumAttrs() > 0 {
		own := make([]slog.Attr, 0, rec.NumAttrs())
		rec.Attrs(func(a slog.Attr) bool { own = append(own, a); return true })
		attrs = append(slices.Clip(attrs), nest(h.groups, own)...)
	}
	b := append([]byte(nil), `{"jsonrpc":"2.0","method":"`+wire.NotifyMessage+`","params":{"level":"`+levelName(rec.Level)+`","logger":`...)
	b = wire.AppendString(b, h.call.msg.Method)
	b = append(b, `,"data":`...)
	b = appendLogData(b, rec.Message, attrs)
	return append(b, "}}"...)
}
