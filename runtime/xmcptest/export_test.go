package xmcptest

// Observe sets who sees every message that the server sends.
func Observe(f func(version, method string, message []byte)) { observe = f }
