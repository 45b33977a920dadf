package resources

import (
	"context"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// TemplateMetadata makes Template a family of resources.
var TemplateMetadata = xmcp.ResourceMetadata{
	URI:      "test://template/{id}/data",
	MIMEType: "application/json",
}

// TemplateInput holds the variables of the URI.
type TemplateInput struct {
	// ID of the data.
	ID string `json:"id"`
}

// TemplateData is what one of the resources holds.
type TemplateData struct {
	ID           string `json:"id"`
	TemplateTest bool   `json:"templateTest"`
	Data         string `json:"data"`
}

// Template is data that repeats the id of its URI.
func Template(_ context.Context, in TemplateInput) (TemplateData, error) {
	return TemplateData{ID: in.ID, TemplateTest: true, Data: "Data for ID: " + in.ID}, nil
}
