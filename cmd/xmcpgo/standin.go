package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xmcpgo/xmcpgo/cmd/internal/terminal"
	"github.com/xmcpgo/xmcpgo/internal/taken"
	"github.com/xmcpgo/xmcpgo/plugins/scalekit/scalekitdev"
)

// defaultAuthPort is where the stand-in listens.
const defaultAuthPort = 4100

// standIn is a hosted stand-in for a Scalekit environment.
type standIn struct {
	env    *scalekitdev.StandIn
	server *http.Server
	failed chan error
}

// hostStandIn serves the stand-in on a loopback port. A port that is taken is an error that names the flag.
func hostStandIn(port int, flagName string, cfg scalekitdev.Config) (*standIn, error) {
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if taken.Address(err) {
		return nil, fmt.Errorf("port %d is taken by another program, and the stand-in needs it: choose another one by %s", port, flagName)
	}
	if err != nil {
		return nil, fmt.Errorf("host the stand-in (choose its port by %s): %w", flagName, err)
	}
	cfg.URL = "http://" + l.Addr().String()
	env, err := scalekitdev.New(cfg)
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	s := &standIn{env: env, failed: make(chan error, 1)}
	s.server = &http.Server{
		Handler: env.Handler(), ReadTimeout: 30 * time.Second, WriteTimeout: time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: log.New(io.Discard, "", 0), // what clients do wrong is theirs
	}
	go func() {
		if err := s.server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			s.failed <- fmt.Errorf("the stand-in has ended: %w", err)
		}
	}()
	return s, nil
}

func (s *standIn) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if s.server.Shutdown(ctx) == nil {
		return nil
	}
	return s.server.Close()
}

// announce says loudly what this is, and who can sign in.
func (s *standIn) announce(t *terminal.Terminal) {
	cfg := s.env.Config()
	fmt.Fprintf(t.Stderr, "%s A stand-in for a Scalekit environment runs at %s.\n", t.ErrColour.Yellow("FOR DEVELOPMENT ONLY:"), t.ErrColour.Bold(cfg.URL))
	fmt.Fprintln(t.Stderr, "It knows no passwords and forgets everything when it ends. On its page you choose who you are:")
	names := map[string]string{}
	for _, o := range cfg.Organizations {
		names[o.ID] = o.Name
	}
	for _, p := range cfg.People {
		for _, m := range p.Memberships {
			can := "no permissions"
			if len(m.Permissions) > 0 {
				can = strings.Join(m.Permissions, " ")
			}
			fmt.Fprintf(t.Stderr, "  %-14s %-20s %-8s %s\n", p.Name, p.Email, names[m.OrganizationID], t.ErrColour.Dim(can))
		}
	}
}

// writeVariables prints the variables with which an app uses the environment, in the form of a .env file.
func (s *standIn) writeVariables(w io.Writer) error {
	env := s.env.Environment()
	for _, name := range slices.Sorted(maps.Keys(env)) {
		if _, err := fmt.Fprintf(w, "%s=%s\n", name, env[name]); err != nil {
			return err
		}
	}
	return nil
}

// seed is the environment for an app that uses these scopes and permissions beside those of the seeded people: the writer has
// all of them, the reader those that only read.
func seed(serverURL, name string, scopes, permissions []string) scalekitdev.Config {
	people := scalekitdev.SeedPeople()
	for i := range people {
		for j := range people[i].Memberships {
			m := &people[i].Memberships[j]
			for _, p := range permissions {
				if !slices.Contains(m.Permissions, p) && (i == 0 || i == 1 && onlyReads(p)) {
					m.Permissions = append(slices.Clone(m.Permissions), p)
				}
			}
		}
	}
	return scalekitdev.Config{Server: scalekitdev.Server{URL: serverURL, Name: name, Scopes: scopes}, People: people}
}

func onlyReads(permission string) bool {
	last := permission[strings.LastIndexAny(permission, ":./")+1:]
	return slices.Contains([]string{"read", "view", "list", "get"}, last)
}
