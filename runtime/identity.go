package xmcp

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/xmcpgo/xmcpgo/runtime/internal/wire"
)

// access is what an item asks of its callers.
type access struct {
	scopes, permissions []string
	visible             Visibility
}

// hidden tells whether the item does not exist for the caller.
func (a *access) hidden(p *Principal) bool {
	return a.visible == IfPermitted && a.missingPermission(p) != ""
}

func (a *access) missingPermission(p *Principal) string {
	for _, perm := range a.permissions {
		if !p.HasPermission(perm) {
			return perm
		}
	}
	return ""
}

// errScope refuses a call for want of a scope; the HTTP transport answers it with 403 before anything else is written.
var errScope = errors.New("insufficient scope")

// permit refuses callers that lack a scope or a permission. The permission's sentence is a tool error that the model can
// read: asking for consent again could not grant it.
func (c *call) permit(a *access) error {
	if len(a.scopes) == 0 && len(a.permissions) == 0 {
		return nil
	}
	if c.srv.auth == nil || c.header == nil {
		c.trail.deny("a signed-in", "caller")
		return UserError("this needs a signed-in caller, and this connection has none")
	}
	for _, scope := range a.scopes {
		if !c.principal.HasScope(scope) {
			c.challenge = c.scopeChallenge(a.scopes)
			c.trail.deny("scope", scope)
			c.srv.log.Info("request refused", "reason", c.challenge.reason(), "method", c.msg.Method, "subject", c.principal.subject())
			return wire.NewError(wire.CodeInvalidRequest, errScope.Error())
		}
	}
	if missing := a.missingPermission(c.principal); missing != "" {
		c.trail.deny("permission", missing)
		return UserError("Missing %s permission.", missing)
	}
	return nil
}

func (c *call) scopeChallenge(needed []string) *Challenge {
	if sc, ok := c.srv.auth.(ScopeChallenger); ok {
		return sc.InsufficientScope(needed)
	}
	return &Challenge{
		Status: http.StatusForbidden,
		Body:   `{"error":"insufficient_scope"}`,
		Reason: fmt.Sprintf("scopes %v are needed", needed),
	}
}
