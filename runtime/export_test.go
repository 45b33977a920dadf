package xmcp

import "github.com/xmcpgo/xmcpgo/internal/wireschema"

// CheckMessage checks a message of the server against the official schema of a revision; method is that of the request.
var CheckMessage = wireschema.Check
