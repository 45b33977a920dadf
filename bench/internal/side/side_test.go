package side

import (
	"encoding/json"
	"net"
	"net/http"
	"testing"
)

func TestServe(t *testing.T) {
	addr, err := "", error(nil)
	for range 10 { // another program may take a port that was free
		l, listenErr := net.Listen("tcp", "127.0.0.1:0")
		if listenErr != nil {
			t.Fatal(listenErr)
		}
		addr = l.Addr().String()
		_ = l.Close()
		t.Setenv(Env, addr)
		if err = Serve(); err == nil {
			break
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.Get("http://" + addr + "/stats?gc")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var s Stats
	if err := json.NewDecoder(res.Body).Decode(&s); err != nil {
		t.Fatal(err)
	}
	if s.Mallocs == 0 || s.Heap == 0 || s.Go == "" {
		t.Errorf("%+v", s)
	}
}

func TestNothingAsked(t *testing.T) {
	t.Setenv(Env, "")
	if err := Serve(); err != nil {
		t.Error(err)
	}
}

func TestAddressTaken(t *testing.T) {
	t.Setenv(Env, "192.0.2.1:1")
	if Serve() == nil {
		t.Error("an address of another machine is served")
	}
}
