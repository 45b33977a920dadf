package oauth

import (
	"crypto/sha256"
	"sync"
	"time"
	"unsafe"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// Bounds on the tokens that are remembered.
const (
	shards        = 64 // so that requests do not wait for each other
	maxRemembered = 16 << 10
)

// known is a verified token.
type known struct {
	token     Token
	key       *key
	principal *xmcp.Principal
	until     time.Time
}

// memory remembers verified tokens by their digest, so that no token is kept.
type memory struct {
	shard [shards]struct {
		mu     sync.RWMutex
		tokens map[[sha256.Size]byte]*known
	}
}

// digestOf is the digest of a token, of which no copy is made: the bytes are only read.
func digestOf(raw string) [sha256.Size]byte {
	return sha256.Sum256(unsafe.Slice(unsafe.StringData(raw), len(raw)))
}

func (m *memory) get(digest [sha256.Size]byte, now time.Time) *known {
	s := &m.shard[digest[0]%shards]
	s.mu.RLock()
	k := s.tokens[digest]
	s.mu.RUnlock()
	if k == nil || !now.Before(k.until) {
		return nil
	}
	return k
}

// put remembers a token. A full shard first forgets what has expired, then anything.
func (m *memory) put(digest [sha256.Size]byte, k *known, now time.Time) {
	s := &m.shard[digest[0]%shards]
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tokens == nil {
		s.tokens = map[[sha256.Size]byte]*known{}
	}
	if len(s.tokens) >= maxRemembered/shards {
		for d, old := range s.tokens {
			if !now.Before(old.until) {
				delete(s.tokens, d)
			}
		}
		for d := range s.tokens {
			if len(s.tokens) < maxRemembered/shards {
				break
			}
			delete(s.tokens, d)
		}
	}
	s.tokens[digest] = k
}

func (m *memory) forget(digest [sha256.Size]byte) {
	s := &m.shard[digest[0]%shards]
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.tokens, digest)
}
