package xmcptest

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
)

// roundTrip runs one request through the whole chain of the server. It returns as soon as the answer has begun; its body
// must be read to the end or closed.
func roundTrip(ctx context.Context, h http.Handler, method, url string, header http.Header, body io.Reader) *http.Response {
	ctx, cancel := context.WithCancel(ctx)
	req := httptest.NewRequestWithContext(ctx, method, url, body)
	for name, values := range header {
		req.Header[name] = values
	}
	out, in := io.Pipe()
	w := &liveWriter{header: http.Header{}, body: in, begun: make(chan struct{})}
	go func() {
		defer cancel()
		defer func() {
			err := error(nil)
			if v := recover(); v != nil { // as net/http, which drops the connection
				err = fmt.Errorf("the handler panicked: %v", v)
			}
			w.WriteHeader(http.StatusOK)
			in.CloseWithError(err)
		}()
		h.ServeHTTP(w, req)
	}()
	<-w.begun
	return &http.Response{
		StatusCode: w.status, Status: fmt.Sprintf("%d %s", w.status, http.StatusText(w.status)),
		Header: w.sent, Body: out,
	}
}

// liveWriter passes on what a handler writes while it runs.
type liveWriter struct {
	header, sent http.Header
	status       int
	body         *io.PipeWriter
	once         sync.Once
	begun        chan struct{}
}

func (w *liveWriter) Header() http.Header { return w.header }
func (w *liveWriter) Flush()              {}

func (w *liveWriter) WriteHeader(status int) {
	w.once.Do(func() {
		w.status, w.sent = status, w.header.Clone()
		close(w.begun)
	})
}

func (w *liveWriter) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(p)
}

// events calls f with the data of each server-sent event until f is done or the stream ends.
func events(stream io.Reader, f func(data []byte) (done bool, err error)) error {
	lines := bufio.NewReader(stream)
	var data [][]byte
	for {
		line, err := lines.ReadString('\n')
		if text := strings.TrimRight(line, "\r\n"); text != "" {
			if d, ok := strings.CutPrefix(text, "data:"); ok {
				data = append(data, []byte(strings.TrimPrefix(d, " ")))
			}
		} else if event := bytes.TrimSpace(bytes.Join(data, []byte("\n"))); len(event) > 0 {
			data = nil
			if done, err := f(event); done || err != nil {
				return err
			}
		}
		if err == io.EOF {
			return io.ErrUnexpectedEOF
		}
		if err != nil {
			return err
		}
	}
}
