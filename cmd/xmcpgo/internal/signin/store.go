package signin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Store keeps what was granted, one file a server. It is safe for concurrent use, by several processes too.
type Store struct {
	// Dir holds the files. It is made with mode 0700 when it is needed.
	Dir string
}

// DefaultStore is in the configuration folder of the person.
func DefaultStore() (*Store, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return nil, fmt.Errorf("where to keep tokens: %w", err)
	}
	return &Store{Dir: filepath.Join(dir, "xmcpgo", "tokens")}, nil
}

// grant is what an authorization server has given for one MCP server, with what is needed to renew it.
type grant struct {
	Server        string    `json:"server"`
	Issuer        string    `json:"issuer"`
	TokenEndpoint string    `json:"token_endpoint"`
	Resource      string    `json:"resource"`
	Client        client    `json:"client"`
	Scope         string    `json:"scope,omitempty"`
	AccessToken   string    `json:"access_token"`
	RefreshToken  string    `json:"refresh_token,omitempty"`
	ExpiresAt     time.Time `json:"expires_at,omitzero"`
}

// expiryMargin renews a token that would end on its way.
const expiryMargin = 10 * time.Second

func (g *grant) usable(now time.Time) bool {
	return g != nil && g.AccessToken != "" && (g.ExpiresAt.IsZero() || now.Before(g.ExpiresAt.Add(-expiryMargin)))
}

func (s *Store) path(server string) string {
	sum := sha256.Sum256([]byte(server))
	return filepath.Join(s.Dir, hex.EncodeToString(sum[:16])+".json")
}

// maxGrant bounds the file of a server.
const maxGrant = 1 << 20

// load returns what is kept for a server, or nil. A file that cannot be understood counts as none.
func (s *Store) load(server string) (*grant, error) {
	path := s.path(server)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the tokens: %w", err)
	}
	if info.Size() > maxGrant {
		return nil, nil
	}
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the tokens: %w", err)
	}
	g := &grant{}
	if json.Unmarshal(raw, g) != nil || g.Server != server {
		return nil, nil
	}
	return g, nil
}

// save replaces what is kept for a server in one step, so that nobody reads half of it.
func (s *Store) save(g *grant) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("keep the tokens: %w", err)
		}
	}()
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return err
	}
	raw, err := json.MarshalIndent(g, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(s.Dir, "new-*") // of mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(append(raw, '\n'))
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), s.path(g.Server))
	}
	if err != nil {
		err = errors.Join(err, os.Remove(f.Name()))
	}
	return err
}

// Forget removes what is kept for a server. It tells whether there was anything.
func (s *Store) Forget(server string) (bool, error) {
	err := os.Remove(s.path(server))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Bounds on the wait for the lock.
const (
	lockWait = 45 * time.Second
	lockPoll = 20 * time.Millisecond
)

// lock keeps other processes from renewing the tokens of a server at the same time. It is the system's lock of a file of its own,
// which stays: a process that is gone holds nothing, however it ended, and one that is merely slow keeps what it holds.
func (s *Store) lock(ctx context.Context, server string) (unlock func(), err error) {
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("keep the tokens: %w", err)
	}
	f, err := os.OpenFile(s.path(server)+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("keep the tokens: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	for {
		taken, err := tryLock(f)
		if taken {
			return func() { _ = f.Close() }, nil // which gives it back
		}
		if err != nil {
			return nil, fmt.Errorf("keep the tokens: lock %s: %w", f.Name(), errors.Join(err, f.Close()))
		}
		select {
		case <-time.After(lockPoll):
		case <-ctx.Done():
			_ = f.Close() // nothing was written
			return nil, fmt.Errorf("another xmcpgo holds the tokens of %s: %w", server, ctx.Err())
		}
	}
}
