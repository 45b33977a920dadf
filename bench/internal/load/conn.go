package load

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
)

// conn is one keep-alive HTTP/1.1 connection. It reads as little of an answer as telling its end takes, so that the client costs
// far less than the server it measures.
type conn struct {
	net.Conn
	in *bufio.Reader
}

func dial(addr string) (*conn, error) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &conn{c, bufio.NewReaderSize(c, 64<<10)}, nil
}

var (
	statusOK      = []byte("HTTP/1.1 200 ")
	contentLength = []byte("content-length:")
	chunked       = []byte("transfer-encoding: chunked")
)

// roundTrip sends a request and returns the length of the answer's body. keep, when it is not nil, receives the body.
func (c *conn) roundTrip(request []byte, keep io.Writer) (int, error) {
	if _, err := c.Write(request); err != nil {
		return 0, err
	}
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return 0, err
	}
	ok := bytes.HasPrefix(line, statusOK)
	status := string(bytes.TrimSpace(line))
	length := -1
	for {
		if line, err = c.in.ReadSlice('\n'); err != nil {
			return 0, err
		}
		if len(line) <= 2 {
			break
		}
		switch line[0] | 0x20 {
		case 'c':
			if hasPrefixFold(line, contentLength) {
				if length, err = strconv.Atoi(string(bytes.TrimSpace(line[len(contentLength):]))); err != nil {
					return 0, fmt.Errorf("content length: %w", err)
				}
			}
		case 't':
			if hasPrefixFold(line, chunked) {
				length = -2
			}
		}
	}
	n, err := c.readBody(length, keep)
	if err == nil && !ok {
		err = fmt.Errorf("answered with %s", status)
	}
	return n, err
}

func (c *conn) readBody(length int, keep io.Writer) (int, error) {
	switch {
	case length >= 0:
		return length, c.take(length, keep)
	case length == -1:
		return 0, errors.New("an answer without a length")
	}
	total := 0
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return total, err
		}
		n, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 32)
		if err != nil {
			return total, fmt.Errorf("chunk size: %w", err)
		}
		if err := c.take(int(n), keep); err != nil {
			return total, err
		}
		if _, err := c.in.Discard(2); err != nil {
			return total, err
		}
		if total += int(n); n == 0 {
			return total, nil
		}
	}
}

func (c *conn) take(n int, keep io.Writer) error {
	if keep == nil {
		_, err := c.in.Discard(n)
		return err
	}
	_, err := io.CopyN(keep, c.in, int64(n))
	return err
}

func hasPrefixFold(line, prefix []byte) bool {
	return len(line) >= len(prefix) && bytes.EqualFold(line[:len(prefix)], prefix)
}
