package codegen

import (
	"github.com/xmcpgo/xmcpgo/codegen/internal/load"
	"github.com/xmcpgo/xmcpgo/codegen/internal/scan"
)

// App says where an app is.
type App = load.App

// Find finds the app that a folder belongs to, as [Generate] does. An error that the user can mend is a [TroubleError].
func Find(dir string) (App, error) { return load.Find(dir) }

// ItemName is the name that a tool, prompt or resource has by the name of its handler: the snake case of it, get_url of GetURL.
func ItemName(handler string) string { return scan.SnakeCase(handler) }
