package routers

import (
	"net/http"

	"github.com/labstack/echo/v5"
)

// Echo routes by github.com/labstack/echo/v5.
func Echo(mcp http.Handler) http.Handler {
	e := echo.New()
	e.GET("/hello", func(c *echo.Context) error { return c.String(http.StatusOK, "hello") })
	e.Any("/mcp", echo.WrapHandler(mcp))
	e.Any("/.well-known/*", echo.WrapHandler(mcp))
	e.Any("/readyz", echo.WrapHandler(mcp))
	return e
}
