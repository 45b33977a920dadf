package args

import "github.com/xmcpgo/xmcpgo/runtime/internal/wire"

// text consumes a string and returns its meaning, which is valid until the next string is read.
func (p *parser) text() (b []byte, ok bool) {
	raw, plain, ok := p.stringToken()
	if !ok || plain {
		return raw, ok
	}
	p.scratch = wire.AppendUnescaped(p.scratch[:0], raw)
	return p.scratch, true
}
