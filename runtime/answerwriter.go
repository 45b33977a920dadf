package xmcp

import (
	"net/http"
	"slices"
	"time"
)

// answerPart is as much of an answer as a client must take within [writeTimeout], one part after the other.
const answerPart = 64 << 10

// writeAnswer writes the body of an answer. A client that does not read it holds its slot no longer than the time for one part;
// without that it could hold slots by asking for much and reading nothing. Short answers fit into the buffers of net/http, which
// sends them when the slot is free again.
func writeAnswer(w http.ResponseWriter, body []byte) {
	if len(body) < counted {
		_, _ = w.Write(body) // a client that went away needs no answer
		return
	}
	rc := http.NewResponseController(w)
	for part := range slices.Chunk(body, answerPart) {
		_ = rc.SetWriteDeadline(time.Now().Add(writeTimeout)) // writers of tests have none
		if _, err := w.Write(part); err != nil {
			return
		}
	}
}
