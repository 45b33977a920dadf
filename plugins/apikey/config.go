package apikey

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// EnvKeys is the environment variable that [FromEnv] reads: NAME:KEY, separated by commas.
const EnvKeys = "API_KEYS"

// Bounds on keys, in characters.
const (
	MinKeyLength = 20
	MaxKeyLength = 1024
)

// hashPrefix marks a key that is given by its hash.
const hashPrefix = "sha256:"

// Config says which keys there are. At least one is needed.
type Config struct {
	// Keys by name. The name is the subject of the principal.
	Keys map[string]Key
}

// Key is what a caller must know, and what it may do.
type Key struct {
	// Secret is the key itself, or "sha256:" and the hex digits of its SHA-256 hash.
	Secret Secret
	// Organization, Scopes and Permissions are those of the principal. All may be empty.
	Organization        string
	Scopes, Permissions []string
}

// Secret is a string that no log and no error shows. Keep it in exported fields: package fmt asks no method of an unexported one.
type Secret string

// String, Format and MarshalText hide the secret, whatever verb it is printed with.
func (Secret) String() string               { return "[secret]" }
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }
func (Secret) MarshalText() ([]byte, error) { return []byte("[secret]"), nil }

// New returns the plugin. What is wrong with the configuration stops the start of the server.
func New(cfg Config) xmcp.Plugin {
	return xmcp.PluginFunc("apikey", func(h *xmcp.Host) error {
		list, err := cfg.list("Keys")
		if err != nil {
			return err
		}
		h.Authenticate(list)
		return nil
	})
}

// FromEnv returns the plugin with the keys of API_KEYS, read when the server starts. They have neither scopes nor permissions;
// use [New] for keys that do.
func FromEnv() xmcp.Plugin {
	return xmcp.PluginFunc("apikey", func(h *xmcp.Host) error {
		cfg, err := parse(os.Getenv(EnvKeys))
		if err != nil {
			return err
		}
		list, err := cfg.list(EnvKeys)
		if err != nil {
			return err
		}
		h.Authenticate(list)
		return nil
	})
}

// parse reads the form of the variable. Its errors tell entries by number, since a malformed one may be a key.
func parse(v string) (Config, error) {
	cfg := Config{Keys: map[string]Key{}}
	var errs []error
	n := 0
	for entry := range strings.SplitSeq(v, ",") {
		if entry = strings.TrimSpace(entry); entry == "" {
			continue
		}
		n++
		name, secret, ok := strings.Cut(entry, ":")
		name = strings.TrimSpace(name)
		switch _, twice := cfg.Keys[name]; {
		case !ok:
			errs = append(errs, fmt.Errorf("%s: entry %d is not of the form NAME:KEY", EnvKeys, n))
		case twice:
			errs = append(errs, fmt.Errorf("%s: entry %d has the name of an earlier one", EnvKeys, n))
		default:
			cfg.Keys[name] = Key{Secret: Secret(strings.TrimSpace(secret))}
		}
	}
	return cfg, errors.Join(errs...)
}

// list checks the configuration. source is what errors call it.
func (c Config) list(source string) (*keyList, error) {
	if len(c.Keys) == 0 {
		return nil, fmt.Errorf("%s is not set: it needs at least one key, NAME:KEY", source)
	}
	var errs []error
	l := &keyList{}
	names := map[digest]string{}
	for _, name := range slices.Sorted(maps.Keys(c.Keys)) {
		key := c.Keys[name]
		if !legalName(name) {
			errs = append(errs, fmt.Errorf("%s: name %q must have 1 to 128 printable characters and no space", source, name))
			continue
		}
		sum, err := key.Secret.digest()
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: the key of %s %w", source, name, err))
			continue
		}
		if other, ok := names[sum]; ok {
			errs = append(errs, fmt.Errorf("%s: %s and %s have the same key", source, other, name))
		}
		names[sum] = name
		l.keys = append(l.keys, knownKey{sum, &xmcp.Principal{
			Subject: name, Organization: key.Organization, Scopes: slices.Clone(key.Scopes), Permissions: slices.Clone(key.Permissions),
		}})
	}
	return l, errors.Join(errs...)
}

func legalName(name string) bool {
	for _, r := range name {
		if r <= 0x20 || r > 0x7e {
			return false
		}
	}
	return name != "" && len(name) <= 128
}

type digest = [sha256.Size]byte

// digest is the hash of the key.
func (s Secret) digest() (sum digest, err error) {
	if text, ok := strings.CutPrefix(string(s), hashPrefix); ok {
		raw, err := hex.DecodeString(text)
		if err != nil || len(raw) != len(sum) {
			return sum, errors.New("is no SHA-256 hash: it has 64 hex digits")
		}
		return digest(raw), nil
	}
	switch {
	case len(s) < MinKeyLength:
		return sum, fmt.Errorf("has fewer than %d characters: make one by openssl rand -base64 32", MinKeyLength)
	case len(s) > MaxKeyLength:
		return sum, fmt.Errorf("has more than %d characters", MaxKeyLength)
	case !sendable(string(s)):
		return sum, errors.New("has characters that a header cannot carry")
	}
	return sha256.Sum256([]byte(s)), nil
}

// sendable tells whether a key can be sent in both headers.
func sendable(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return s != ""
}
