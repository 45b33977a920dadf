package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/xmcpgo/xmcpgo/examples/notes/internal/notes"
)

// Nothing is answered before sign-in; the refusal says where to sign in.
func TestSignInIsAskedFor(t *testing.T) {
	a := serve(t, sqliteFile(t), nil, nil)
	for name, authorization := range map[string]string{"no token": "", "not a token": "Bearer nope"} {
		t.Run(name, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, a.url+"/mcp",
				strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"tools/list"}`))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/json")
			if authorization != "" {
				req.Header.Set("Authorization", authorization)
			}
			res, err := a.client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			_ = res.Body.Close()
			challenge := res.Header.Get("WWW-Authenticate")
			if want := `resource_metadata="` + a.url + `/.well-known/oauth-protected-resource/mcp"`; res.StatusCode != 401 || !strings.Contains(challenge, want) {
				t.Errorf("status %d, challenge %q without %s", res.StatusCode, challenge, want)
			}
		})
	}

	res, err := http.Get(a.url + "/.well-known/oauth-protected-resource/mcp")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var metadata struct {
		Resource string   `json:"resource"`
		Servers  []string `json:"authorization_servers"`
	}
	if err := json.NewDecoder(res.Body).Decode(&metadata); err != nil {
		t.Fatal(err)
	}
	environment := a.standIn.Config()
	if metadata.Resource != a.url+"/mcp" || !cmp.Equal(metadata.Servers, []string{environment.ResourceIssuerURL()}) {
		t.Errorf("the metadata are %+v", metadata)
	}
}

func TestWhoami(t *testing.T) {
	a := serve(t, sqliteFile(t), nil, nil)
	for _, era := range []string{legacy, modern} {
		for _, tt := range []struct {
			person, organization string
			permissions          []any
		}{
			{"usr_alice", "org_acme", []any{"notes:read", "notes:write"}},
			{"usr_alice", "org_globex", []any{"notes:read", "notes:write"}},
			{"usr_bob", "org_acme", []any{"notes:read"}},
			{"usr_carol", "org_globex", []any{}},
		} {
			got := map[string]any{}
			if err := a.signIn(t, tt.person, tt.organization, era).decode(t.Context(), "whoami", nil, &got); err != nil {
				t.Fatal(err)
			}
			expires, err := time.Parse("2006-01-02T15:04:05Z", got["expiresAt"].(string))
			if left := time.Until(expires); err != nil || left < time.Minute || left > 5*time.Minute {
				t.Errorf("expiresAt is %v", got["expiresAt"])
			}
			delete(got, "expiresAt")
			want := map[string]any{"userId": tt.person, "organizationId": tt.organization, "scopes": []any{"openid", "profile"}, "permissions": tt.permissions}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: whoami (-want +got):\n%s", era, diff)
			}
		}
	}
}

func TestPermissions(t *testing.T) {
	a := serve(t, sqliteFile(t), nil, nil)
	const noRead, noWrite = "Missing notes:read permission.", "Missing notes:write permission."
	for _, era := range []string{legacy, modern} {
		alice, bob, carol := a.signIn(t, "usr_alice", "org_acme", era), a.signIn(t, "usr_bob", "org_acme", era), a.signIn(t, "usr_carol", "org_globex", era)
		for _, tt := range []struct {
			who  *caller
			tool string
			args map[string]any
			want string // how the answer begins
		}{
			{alice, "greet", map[string]any{"name": "Ada"}, "Hello, Ada! usr_alice says hi."},
			{carol, "greet", map[string]any{"name": "Ada"}, "Hello, Ada!"},
			{alice, "save_note", map[string]any{"text": "buy milk"}, `{"id":"`},
			{bob, "save_note", map[string]any{"text": "buy milk"}, noWrite},
			{carol, "save_note", map[string]any{"text": "buy milk"}, noWrite},
			{bob, "list_my_notes", nil, "[]"},
			{carol, "list_my_notes", nil, noRead},
			{bob, "delete_note", map[string]any{"id": "A"}, noWrite},
			{alice, "delete_note", map[string]any{"id": "A"}, `You have no note with the id "A".`},
			{bob, "clear_my_notes", nil, "0 notes would be deleted."},
			{bob, "clear_my_notes", map[string]any{"confirm": true}, noWrite},
			{alice, "clear_my_notes", map[string]any{"confirm": true}, "1 notes deleted."},
			{carol, "clear_my_notes", nil, noRead},
			{alice, "my_organization", nil, `{"id":"org_acme","name":"Acme"}`},
			{carol, "my_organization", nil, `{"id":"org_globex","name":"Globex"}`},
			{alice, "save_note", map[string]any{"text": "a\x00b"}, "the text of a note cannot hold"},
			{alice, "save_note", map[string]any{"text": ""}, "invalid arguments"},
		} {
			got, err := tt.who.call(t.Context(), tt.tool, tt.args)
			if err != nil {
				got = err.Error()
			}
			if !strings.HasPrefix(got, tt.want) {
				t.Errorf("%s: %s for %s: %q, want %q", era, tt.tool, tt.who.name, got, tt.want)
			}
		}
		for what, err := range map[string]error{
			"prompt":       second(carol.prompt(t.Context(), "A")),
			"resource":     second(carol.read(t.Context(), "A")),
			"completion":   second(carol.complete(t.Context(), promptIDs, "")),
			"subscription": second(carol.watchSession(t.Context(), nil)),
		} {
			if err == nil || err.Error() != noRead {
				t.Errorf("%s: %s for carol: %v", era, what, err)
			}
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestNoteIsFound(t *testing.T) {
	a := serve(t, sqliteFile(t), nil, nil)
	for _, era := range []string{legacy, modern} {
		alice := a.signIn(t, "usr_alice", "org_acme", era)
		note, err := alice.save(t.Context(), "water the plants")
		if err != nil {
			t.Fatal(err)
		}
		list, err := alice.list(t.Context())
		if diff := cmp.Diff([]notes.Note{note}, list); err != nil || diff != "" {
			t.Errorf("list: %v (-want +got):\n%s", err, diff)
		}
		text, err := alice.read(t.Context(), note.ID)
		if want, _ := json.Marshal(note); err != nil || text != string(want) {
			t.Errorf("resource: %q, %v", text, err)
		}
		if text, err := alice.prompt(t.Context(), note.ID); err != nil || !strings.HasSuffix(text, "\n\nwater the plants") {
			t.Errorf("prompt: %q, %v", text, err)
		}
		for _, ref := range []map[string]any{promptIDs, resourceIDs} {
			if ids, err := alice.complete(t.Context(), ref, note.ID[:4]); err != nil || !cmp.Equal(ids, []string{note.ID}) {
				t.Errorf("suggested: %q, %v", ids, err)
			}
		}
		if text, err := alice.call(t.Context(), "delete_note", map[string]any{"id": note.ID}); err != nil || text != "Deleted." {
			t.Errorf("delete: %q, %v", text, err)
		}
		if _, err := alice.read(t.Context(), note.ID); err == nil {
			t.Error("a deleted note is read")
		}
	}
}

// What the server logs helps to find an error and gives nothing away.
func TestNoSecretIsLogged(t *testing.T) {
	a := serve(t, sqliteFile(t), nil, nil)
	alice := a.signIn(t, "usr_alice", "org_acme", modern)
	if _, err := alice.save(t.Context(), "my diary"); err != nil {
		t.Fatal(err)
	}
	if _, err := alice.call(t.Context(), "my_organization", nil); err != nil {
		t.Fatal(err)
	}
	forged := *alice
	forged.token += "x"
	if _, err := forged.list(t.Context()); err == nil {
		t.Error("a forged token is accepted")
	}
	for what, secret := range map[string]string{
		"token": alice.token, "signature": alice.token[strings.LastIndexByte(alice.token, '.')+1:],
		"client secret": a.standIn.Environment()["SCALEKIT_CLIENT_SECRET"], "note": "my diary",
	} {
		if a.log.contains(secret) {
			t.Errorf("the %s is in the log", what)
		}
	}
	if !a.log.contains("SQLite") {
		t.Error("the log does not say where notes are kept")
	}
}
