//go:build unix

package load

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"
	"time"
)

// paced sends requests at fixed times over connections that it looks at in turn without ever sleeping: a sleep of this process
// would last up to a millisecond too long, which is more than most answers take. A request that is due while all connections
// wait for answers is sent as soon as one is free, and its latency counts from when it was due.
func (r *run) paced(ctx context.Context, conns []*conn, windows []histogram) error {
	p := r.plan
	list := make([]*pacedConn, len(conns))
	for i, c := range conns {
		var err error
		if list[i], err = newPacedConn(c.Conn); err != nil {
			return err
		}
	}
	begin := r.from.Add(-p.Warmup)
	total := int(p.Rate * r.until.Sub(begin).Seconds())
	due := func(n int) time.Time { return begin.Add(time.Duration(float64(n) / p.Rate * float64(time.Second))) }
	for sent, done := 0, 0; done < total; {
		if err := ctx.Err(); err != nil {
			return err
		}
		for i, c := range list {
			now := time.Now()
			if now.After(r.latest()) {
				return fmt.Errorf("%d of %d requests were answered in twice their time", done, total)
			}
			if c.busy {
				ended, err := c.poll(p.Length)
				if err != nil {
					return err
				}
				if !ended {
					continue
				}
				if done++; !c.due.Before(r.from) {
					windows[r.window(c.due)].add(time.Since(c.due))
				}
			}
			if sent == total || due(sent).After(now) {
				continue
			}
			request := p.Requests[sent%len(p.Requests)]
			if p.Sticky {
				request = p.Requests[i%len(p.Requests)]
			}
			if err := c.send(request, due(sent)); err != nil {
				return err
			}
			sent++
		}
	}
	return nil
}

// window is the index of the window in which a request was due.
func (r *run) window(due time.Time) int {
	if r.plan.Window <= 0 {
		return 0
	}
	return int(due.Sub(r.from) / r.plan.Window)
}

// pacedConn is a connection that is read without waiting.
type pacedConn struct {
	net.Conn
	raw  syscall.RawConn
	busy bool
	due  time.Time
	in   []byte // what has come of the answer
	need int    // its length with the header, zero until that is known

	read func(fd uintptr) bool
	err  error
}

func newPacedConn(c net.Conn) (*pacedConn, error) {
	s, ok := c.(syscall.Conn)
	if !ok {
		return nil, errors.New("a connection that can't be read without waiting")
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return nil, err
	}
	pc := &pacedConn{Conn: c, raw: raw, in: make([]byte, 0, 256<<10)}
	pc.read = func(fd uintptr) bool {
		n, err := syscall.Read(int(fd), pc.in[len(pc.in):cap(pc.in)])
		switch {
		case errors.Is(err, syscall.EAGAIN), errors.Is(err, syscall.EINTR):
		case err != nil:
			pc.err = err
		case n == 0:
			pc.err = errors.New("the connection was closed")
		default:
			pc.in = pc.in[:len(pc.in)+n]
		}
		return true
	}
	return pc, nil
}

func (c *pacedConn) send(request []byte, due time.Time) error {
	c.busy, c.due, c.in, c.need = true, due, c.in[:0], 0
	_, err := c.Write(request)
	return err
}

// poll tells whether the answer has come to its end. Its body must have the length, unless that is zero.
func (c *pacedConn) poll(length int) (ended bool, err error) {
	if err := c.raw.Read(c.read); err != nil || c.err != nil {
		return false, errors.Join(err, c.err)
	}
	if c.need == 0 {
		end := bytes.Index(c.in, []byte("\r\n\r\n"))
		if end < 0 {
			return false, nil
		}
		body, err := bodyLength(c.in[:end+2])
		if err != nil {
			return false, err
		}
		if length > 0 && body != length {
			return false, fmt.Errorf("an answer has %d bytes, want %d", body, length)
		}
		if c.need = end + 4 + body; c.need > cap(c.in) {
			return false, fmt.Errorf("an answer of %d bytes is too long", body)
		}
	}
	c.busy = len(c.in) < c.need
	return !c.busy, nil
}

// bodyLength reads the header of an answer.
func bodyLength(header []byte) (int, error) {
	if !bytes.HasPrefix(header, statusOK) {
		line, _, _ := bytes.Cut(header, []byte("\r\n"))
		return 0, fmt.Errorf("answered with %s", line)
	}
	for line := range bytes.Lines(header) {
		if hasPrefixFold(line, contentLength) {
			return strconv.Atoi(string(bytes.TrimSpace(line[len(contentLength):])))
		}
	}
	return 0, errors.New("an answer without a length")
}
