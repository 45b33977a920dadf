package oauth

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// New returns the plugin. What is wrong with the configuration stops the start of the server.
func New(cfg Config) xmcp.Plugin { return Named("oauth", cfg) }

// Named is [New] for plugins that stand on this one and have a name of their own.
func Named(name string, cfg Config) xmcp.Plugin { return &plugin{name: name, given: cfg} }

type plugin struct {
	name       string
	given, cfg Config
	log        *slog.Logger
	keys       *keyring
	known      memory
	challenges challenges
}

// Name returns the name of the plugin.
func (p *plugin) Name() string { return p.name }

// Setup installs the authenticator and the metadata.
func (p *plugin) Setup(h *xmcp.Host) (err error) {
	if p.cfg, err = p.given.resolve(h.Config()); err != nil {
		return err
	}
	p.log = h.Logger()
	paths, address, document, err := p.cfg.metadata()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	p.keys = &keyring{ctx: ctx, fetch: p.cfg.fetchKeys, now: p.cfg.now, log: p.log, hint: p.cfg.Hint(FaultKey)}
	p.challenges = challenges{metadata: address, scope: strings.Join(p.cfg.RequiredScopes, " ")}
	for _, path := range paths {
		h.Handle(path, document)
	}
	h.Authenticate(p)
	h.OnStart(func(context.Context) error {
		p.log.Info(p.cfg.Started, "resource", p.cfg.Resource, "authorization_server", p.cfg.AuthorizationServer)
		p.keys.keepFresh() // a failure is logged and tried again
		return nil
	})
	h.OnShutdown(func(ctx context.Context) error {
		cancel()
		return p.keys.stop(ctx)
	})
	return nil
}

// DescribeSignIn names the issuer to people who look at the server's home page.
func (p *plugin) DescribeSignIn() xmcp.SignIn { return xmcp.SignIn{Issuer: p.cfg.Issuer} }

// Authenticate checks the token of a request.
func (p *plugin) Authenticate(r *http.Request) (*xmcp.Principal, error) {
	raw, ok, malformed := bearer(r)
	switch {
	case malformed != "":
		return nil, p.challenges.malformed(malformed)
	case !ok:
		return nil, p.challenges.none("no Bearer token")
	}
	k, err := p.recognize(raw)
	if err != nil {
		return nil, err
	}
	if p.cfg.IsRevoked != nil {
		revoked, err := p.cfg.IsRevoked(r.Context(), &k.token)
		if err != nil {
			return nil, unavailable("asking whether the token was revoked failed: " + err.Error())
		}
		if revoked {
			return nil, p.challenges.invalid(false, "the token was revoked")
		}
	}
	for _, s := range p.cfg.RequiredScopes {
		if !slices.Contains(k.token.Scopes, s) {
			return nil, p.challenges.insufficient(p.cfg.RequiredScopes, fmt.Sprintf("scope %q is missing", s))
		}
	}
	return k.principal, nil
}

// recognize returns what is known of a token: from before, if its key still holds, or by verifying it. The error is an answer.
func (p *plugin) recognize(raw string) (*known, error) {
	long := len(raw) > p.cfg.MaxTokenBytes
	now := p.cfg.now()
	var digest [sha256.Size]byte
	if !long {
		digest = digestOf(raw)
		if k := p.known.get(digest, now); k != nil {
			if p.keys.holds(k.key) {
				return k, nil
			}
			p.known.forget(digest)
		}
	}
	switch {
	case !isToken68(raw): // no remembered token is
		return nil, p.challenges.malformed(notToken68)
	case long:
		return nil, p.challenges.invalid(false, fmt.Sprintf("the token has %d bytes, more than %d", len(raw), p.cfg.MaxTokenBytes))
	}
	k, err := p.learn(raw)
	if err != nil {
		return nil, p.explain(err)
	}
	p.known.put(digest, k, now)
	return k, nil
}

// learn verifies a token.
func (p *plugin) learn(raw string) (k *known, err error) {
	k = &known{}
	if k.key, err = p.verify(raw, &k.token); err != nil {
		return nil, err
	}
	k.principal, err = p.cfg.Principal(&k.token)
	if err != nil {
		return nil, refuse(FaultClaims, "%v", err)
	}
	if k.principal == nil {
		return nil, errors.New("Config.Principal returned neither a principal nor an error")
	}
	k.until = k.token.ExpiresAt.Add(p.cfg.Leeway)
	k.token.close()
	return k, nil
}

// explain turns an error into the answer: little for the client, all of it for the log.
func (p *plugin) explain(err error) error {
	if errors.Is(err, errNoKeys) {
		return unavailable(withHint(err.Error(), p.cfg.Hint(FaultKey)))
	}
	var r *refusal
	if !errors.As(err, &r) {
		return err // answered with 500, and logged
	}
	return p.challenges.invalid(r.expired, withHint(r.text, p.cfg.Hint(r.fault)))
}

func withHint(text, hint string) string {
	if hint == "" {
		return text
	}
	return text + ": " + hint
}

// InsufficientScope answers callers whose token lacks a scope of the item they use.
func (p *plugin) InsufficientScope(needed []string) *xmcp.Challenge {
	return p.challenges.insufficient(needed, fmt.Sprintf("scopes %v are needed", needed))
}

var _ xmcp.ScopeChallenger = (*plugin)(nil)
