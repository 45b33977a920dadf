// Package standin lets xmcptest put an authenticator of its own in the place of an app's. Nothing outside the runtime can
// import it, so no plugin can do the same.
package standin

// Mark is the parameter of the method by which a plugin says that its authenticator replaces all others. Only tests make
// such plugins.
type Mark struct{}
