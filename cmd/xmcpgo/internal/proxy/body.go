package proxy

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"
)

// Bounds on bodies that are kept while they are passed on, so that they can be sent again. A larger one, or one of unknown length,
// is passed on as it comes.
const (
	maxBuffered = 4 << 20
	bodyTimeout = 30 * time.Second
)

// buffer reads the body of a request that is not too large, and makes it repeatable. It returns nil for others.
func buffer(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.ContentLength <= 0 || r.ContentLength > maxBuffered {
		return nil, nil
	}
	control := http.NewResponseController(w)
	if err := control.SetReadDeadline(time.Now().Add(bodyTimeout)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return nil, err
	}
	var buf bytes.Buffer
	_, err := io.CopyN(&buf, r.Body, r.ContentLength)
	if err != nil {
		return nil, err
	}
	_ = control.SetReadDeadline(time.Time{}) // a stream has no end
	body := buf.Bytes()
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	r.Body, _ = r.GetBody()
	return body, nil
}

// concernsACall tells whether a message belongs to a call that another message has begun: the answer to a question, or a
// cancellation. The app will judge the message itself.
func concernsACall(body []byte) bool {
	var message struct {
		ID     json.RawMessage `json:"id"`
		Method *string         `json:"method"`
	}
	if json.Unmarshal(body, &message) != nil {
		return false
	}
	return message.Method == nil && message.ID != nil || message.Method != nil && *message.Method == "notifications/cancelled"
}

// tellTimeout bounds how long a client's message waits for old backends.
const tellTimeout = 2 * time.Second

// tell passes a message on to the old backends, whose answers are of no interest: the current one answers.
func (p *Proxy) tell(r *http.Request, body []byte) {
	old := p.before()
	if len(old) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), tellTimeout)
	defer cancel()
	var all sync.WaitGroup
	for _, b := range old {
		all.Go(func() {
			copied := r.Clone(ctx)
			copied.RequestURI = ""
			copied.Body = io.NopCloser(bytes.NewReader(body))
			if res, err := b.send(copied); err == nil {
				_, _ = io.CopyN(io.Discard, res.Body, 4<<10)
				_ = res.Body.Close()
			}
		})
	}
	all.Wait()
}
