// Package apikey lets callers in that know a key, for MCP servers that need no more than that: a team's own tools, a job that
// calls another one, a prototype.
//
//	func Plugins() []xmcp.Plugin {
//		return []xmcp.Plugin{apikey.FromEnv()} // API_KEYS=ci:3q2-7wAv…,ann:…
//	}
//
// A caller sends its key as "Authorization: Bearer KEY" or as "X-API-Key: KEY". Each key has a name, which is the subject of the
// principal that tools read with [xmcp.GetPrincipal], and may have an organization, scopes and permissions.
//
// Keys are kept and compared as SHA-256 hashes, and every one of them is compared with, in constant time, so that an answer's
// time tells nothing about them. A configuration may hold the hash in place of the key: "sha256:" and 64 hex digits. A hash
// without salt and rounds is right for keys of full randomness alone, so a key has at least [MinKeyLength] characters; make one
// by "openssl rand -base64 32". No key is ever logged.
//
// MCP clients that sign people in (MCP 2026-07-28, basic/authorization) need an issuer of tokens: see the packages oauth and
// scalekit.
package apikey
