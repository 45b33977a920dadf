package scalekit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// Int is a number that Scalekit may send as a number or as a string.
type Int int64

// UnmarshalJSON reads either form.
func (n *Int) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return nil
	}
	v, err := strconv.ParseInt(string(bytes.Trim(b, `"`)), 10, 64)
	if err != nil {
		return fmt.Errorf("%s is no integer", b)
	}
	*n = Int(v)
	return nil
}

// Page is one page of a list. A NextPageToken goes into [ListOptions] for the next one; empty means that this is the last.
type Page[T any] struct {
	Items                        []T
	NextPageToken, PrevPageToken string
	TotalSize                    int64
}

// ListOptions say which page of a list is wanted. The zero value is the first page of a size that Scalekit chooses.
type ListOptions struct {
	PageSize  int
	PageToken string
}

// Organization is a customer of the app.
type Organization struct {
	ID          string                `json:"id"`
	DisplayName string                `json:"display_name"`
	RegionCode  string                `json:"region_code"`
	ExternalID  string                `json:"external_id"`
	Slug        string                `json:"slug"`
	Metadata    map[string]string     `json:"metadata"`
	Settings    *OrganizationSettings `json:"settings"`
	CreatedAt   time.Time             `json:"create_time"`
	UpdatedAt   time.Time             `json:"update_time"`
}

// OrganizationSettings tell which features an organization has.
type OrganizationSettings struct {
	Features []struct {
		Name    string `json:"name"`
		Enabled bool   `json:"enabled"`
	} `json:"features"`
}

// OrganizationUpdate is what [Client.UpdateOrganization] changes; nil fields stay as they are.
type OrganizationUpdate struct {
	DisplayName *string           `json:"display_name,omitempty"`
	ExternalID  *string           `json:"external_id,omitempty"`
	Slug        *string           `json:"slug,omitempty"`
	Metadata    map[string]string `json:"metadata,omitempty"`
}

// User is a person, with the organizations that they belong to.
type User struct {
	ID            string            `json:"id"`
	EnvironmentID string            `json:"environment_id"`
	Email         string            `json:"email"`
	ExternalID    string            `json:"external_id"`
	Metadata      map[string]string `json:"metadata"`
	LastLoginAt   time.Time         `json:"last_login_time"`
	Profile       UserProfile       `json:"user_profile"`
	Memberships   []Membership      `json:"memberships"`
	CreatedAt     time.Time         `json:"create_time"`
	UpdatedAt     time.Time         `json:"update_time"`
}

// UserProfile is what a person says of themselves.
type UserProfile struct {
	GivenName     string   `json:"given_name"`
	FamilyName    string   `json:"family_name"`
	Name          string   `json:"name"`
	Locale        string   `json:"locale"`
	Picture       string   `json:"picture"`
	PhoneNumber   string   `json:"phone_number"`
	EmailVerified bool     `json:"email_verified"`
	Groups        []string `json:"groups"`
}

// Membership is a person's place in an organization.
type Membership struct {
	OrganizationID string    `json:"organization_id"`
	Status         string    `json:"membership_status"`
	DisplayName    string    `json:"display_name"`
	Roles          []Role    `json:"roles"`
	Permissions    []string  `json:"permissions"`
	JoinedAt       time.Time `json:"join_time"`
}

// Role is a set of permissions with a name.
type Role struct {
	ID             string       `json:"id"`
	Name           string       `json:"name"`
	DisplayName    string       `json:"display_name"`
	Description    string       `json:"description"`
	Extends        string       `json:"extends"`
	DefaultCreator bool         `json:"default_creator"`
	DefaultMember  bool         `json:"default_member"`
	IsOrgRole      bool         `json:"is_org_role"`
	Permissions    []Permission `json:"permissions"`
}

// Permission is what one may be allowed to do.
type Permission struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Description string   `json:"description"`
	Tags        []string `json:"tags"`
}

// UserSession is a person's sign-in at Scalekit.
type UserSession struct {
	ID                string    `json:"session_id"`
	UserID            string    `json:"user_id"`
	OrganizationID    string    `json:"organization_id"`
	Status            string    `json:"status"`
	IdleExpiresAt     time.Time `json:"idle_expires_at"`
	AbsoluteExpiresAt time.Time `json:"absolute_expires_at"`
}

// Resource is the record of an MCP server in an environment.
type Resource struct {
	ID                  string          `json:"resource_id"`
	URI                 string          `json:"resource_uri"`
	Name                string          `json:"name"`
	AccessTokenExpiry   Int             `json:"access_token_expiry"`
	RefreshTokenExpiry  Int             `json:"refresh_token_expiry"`
	RegistrationOff     bool            `json:"disable_dynamic_client_registration"`
	ClientIDDocuments   bool            `json:"enable_cimd"`
	Scopes              []ResourceScope `json:"scopes"`
	ProtectedMetadata   json.RawMessage `json:"protected_metadata"`
	ProtectedMetadataAt string          `json:"protected_metadata_uri"`
}

// ResourceScope is a scope that an MCP server offers.
type ResourceScope struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Enabled     bool   `json:"enabled"`
}

// PortalLink leads an organization's administrator to its settings.
type PortalLink struct {
	ID        string    `json:"id"`
	Location  string    `json:"location"`
	ExpiresAt time.Time `json:"expire_time"`
}
