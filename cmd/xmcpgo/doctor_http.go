package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Bounds on asking the environment, and how far clocks may differ: as far as the runtime allows by default.
const (
	doctorTimeout = 10 * time.Second
	maxDocument   = 1 << 20
	clockLeeway   = 30 * time.Second
)

// environment is a Scalekit environment as the app's settings name it.
type environment struct {
	url, resource, clientID, clientSecret string
	http                                  *http.Client
	skew                                  time.Duration // of its clock against ours, by the last answer
	dated                                 bool
}

func newEnvironment(s *appSettings) *environment {
	return &environment{
		url: strings.TrimRight(s.get(envEnvironmentURL), "/"), resource: s.get(envResourceID),
		clientID: s.get(envClientID), clientSecret: s.get(envClientSecret), http: strictClient(),
	}
}

func strictClient() *http.Client {
	return &http.Client{Timeout: doctorTimeout, CheckRedirect: func(*http.Request, []*http.Request) error {
		return errors.New("it redirects")
	}}
}

// do exchanges a request and decodes the answer of status 200.
func (e *environment) do(req *http.Request, into any) (status int, err error) {
	sent := time.Now()
	res, err := e.http.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		return 0, err
	}
	defer func() { _ = res.Body.Close() }()
	if date, err := http.ParseTime(res.Header.Get("Date")); err == nil {
		// The date has whole seconds, and was written between the request and now.
		between := sent.Add(time.Since(sent) / 2)
		e.skew, e.dated = date.Add(500*time.Millisecond).Sub(between), true
	}
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxDocument))
	if err != nil {
		return res.StatusCode, err
	}
	if res.StatusCode == http.StatusOK && json.Unmarshal(raw, into) != nil {
		return res.StatusCode, errors.New("the answer is not JSON")
	}
	return res.StatusCode, nil
}

func (e *environment) get(ctx context.Context, path, token string, into any) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, e.url+path, nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Accept", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return e.do(req, into)
}

// token signs the app in by its credentials (RFC 6749 section 4.4).
func (e *environment) token(ctx context.Context) (string, error) {
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {e.clientID}, "client_secret": {e.clientSecret}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url+"/oauth/token", strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var t struct {
		AccessToken string `json:"access_token"`
	}
	status, err := e.do(req, &t)
	if err == nil && (status != http.StatusOK || t.AccessToken == "") {
		err = fmt.Errorf("status %d", status)
	}
	return t.AccessToken, err
}
