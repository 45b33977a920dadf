package xmcp

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
)

// cursors makes the cursors of lists and knows its own again. A cursor names the last item of a page and is signed together
// with the list that it belongs to, so nothing has to be kept for it: it outlives the process where [Config].Key does, and a
// client that makes one up is told so in place of being shown an empty page.
type cursors struct{ key []byte }

const cursorSum = 16 // bytes of the signature

func (c cursors) sum(list, last string) []byte {
	h := hmac.New(sha256.New, c.key)
	h.Write([]byte(list))
	h.Write([]byte{0})
	h.Write([]byte(last))
	return h.Sum(nil)[:cursorSum]
}

// sign returns the cursor of the page that follows an item. It is of letters, digits, - and _.
func (c cursors) sign(list, last string) string {
	return base64.RawURLEncoding.EncodeToString(append(c.sum(list, last), last...))
}

// open returns the item that a cursor of the list names.
func (c cursors) open(list, cursor string) (last string, ok bool) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(raw) <= cursorSum {
		return "", false
	}
	last = string(raw[cursorSum:])
	return last, hmac.Equal(raw[:cursorSum], c.sum(list, last))
}
