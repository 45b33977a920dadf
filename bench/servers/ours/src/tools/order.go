package tools

import (
	"context"
	"time"

	xmcp "github.com/xmcpgo/xmcpgo/runtime"
)

// OrderMetadata makes Order a tool.
var OrderMetadata = xmcp.ToolMetadata{Idempotent: xmcp.Yes}

// Speed is how fast an order travels.
type Speed string

const (
	Slow    Speed = "slow"    // by ship
	Fast    Speed = "fast"    // by plane
	Courier Speed = "courier" // by hand
)

// Address is where goods go.
type Address struct {
	// Name on the door.
	Name string `json:"name" jsonschema:"minLength=1,maxLength=80"`
	// Street and number.
	Street string `json:"street" jsonschema:"minLength=1,maxLength=120"`
	// City or town.
	City string `json:"city"`
	// Zip code.
	Zip string `json:"zip" jsonschema:"pattern=^[0-9]{5}$"`
	// Country by its code.
	Country string `json:"country" jsonschema:"minLength=2,maxLength=2"`
}

// Line is one line of an order.
type Line struct {
	// Article number.
	Article string `json:"article" jsonschema:"minLength=1,maxLength=40"`
	// Count of the goods.
	Count int `json:"count" jsonschema:"minimum=1,maximum=999"`
	// Price of one.
	Price float64 `json:"price" jsonschema:"minimum=0"`
}

// OrderInput is what the model sends: twenty arguments with nested ones, lists and enums.
type OrderInput struct {
	Customer  string            `json:"customer" jsonschema:"minLength=1,maxLength=60"`
	Reference string            `json:"reference" jsonschema:"maxLength=60"`
	Email     string            `json:"email" jsonschema:"format=email"`
	Phone     string            `json:"phone,omitempty"`
	Speed     Speed             `json:"speed"`
	Insured   bool              `json:"insured"`
	Gift      bool              `json:"gift,omitempty"`
	Discount  float64           `json:"discount" jsonschema:"minimum=0,maximum=100"`
	Weight    float64           `json:"weight"`
	Parcels   int               `json:"parcels" jsonschema:"minimum=1,maximum=20"`
	Priority  int               `json:"priority" jsonschema:"minimum=0,maximum=9"`
	Ship      Address           `json:"ship"`
	Bill      Address           `json:"bill"`
	Lines     []Line            `json:"lines" jsonschema:"minItems=1,maxItems=50"`
	Tags      []string          `json:"tags" jsonschema:"maxItems=10"`
	Sizes     []int             `json:"sizes"`
	Labels    map[string]string `json:"labels"`
	Before    time.Time         `json:"before"`
	Note      *string           `json:"note,omitempty"`
	Comment   string            `json:"comment,omitempty" jsonschema:"maxLength=500"`
}

// Shipment is one parcel on its way.
type Shipment struct {
	ID      string    `json:"id"`
	Carrier string    `json:"carrier"`
	Status  string    `json:"status"`
	Lines   []Line    `json:"lines"`
	Arrives time.Time `json:"arrives"`
	Track   string    `json:"track"`
}

// OrderOutput is the result, about 4 KB of JSON.
type OrderOutput struct {
	ID        string     `json:"id"`
	Customer  string     `json:"customer"`
	Ship      Address    `json:"ship"`
	Total     float64    `json:"total"`
	Currency  string     `json:"currency"`
	Speed     Speed      `json:"speed"`
	Shipments []Shipment `json:"shipments"`
	Notes     []string   `json:"notes"`
}

// parcels are the numbers of the parcels: making them is not what is measured.
var parcels = [12]string{"P-01", "P-02", "P-03", "P-04", "P-05", "P-06", "P-07", "P-08", "P-09", "P-10", "P-11", "P-12"}

// Order places an order.
func Order(_ context.Context, in OrderInput) (OrderOutput, error) {
	out := OrderOutput{
		ID: in.Reference, Customer: in.Customer, Ship: in.Ship, Currency: "EUR", Speed: in.Speed,
		Shipments: make([]Shipment, len(parcels)), Notes: []string{"paid", "packed", "handed over"},
	}
	for _, l := range in.Lines {
		out.Total += float64(l.Count) * l.Price
	}
	for i, id := range parcels {
		out.Shipments[i] = Shipment{
			ID: id, Carrier: "Parcels & Sons", Status: "in transit", Lines: in.Lines, Arrives: in.Before,
			Track: "https://track.example.com/parcels/2026/08/15/overseas/fragile/this-side-up",
		}
	}
	return out, nil
}
