package watch

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// folder is a tree of files on which a watcher is tried, in a bubble: its clock stands still while files are written and read, so that
// no machine is too slow for what is to happen between two looks.
type folder struct {
	t   *testing.T
	dir string
	w   *Watcher
}

func (f *folder) write(name, text string) {
	f.t.Helper()
	path := filepath.Join(f.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		f.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		f.t.Fatal(err)
	}
	f.date(name, time.Now())
}

// date sets the time of a file. The file system itself knows nothing of the clock here.
func (f *folder) date(name string, at time.Time) {
	f.t.Helper()
	if err := os.Chtimes(filepath.Join(f.dir, filepath.FromSlash(name)), at, at); err != nil {
		f.t.Fatal(err)
	}
}

func (f *folder) remove(name string) {
	f.t.Helper()
	if err := os.RemoveAll(filepath.Join(f.dir, filepath.FromSlash(name))); err != nil {
		f.t.Fatal(err)
	}
}

func (f *folder) rename(from, to string) {
	f.t.Helper()
	if err := os.Rename(filepath.Join(f.dir, from), filepath.Join(f.dir, to)); err != nil {
		f.t.Fatal(err)
	}
}

// reported waits for the next report and compares it.
func (f *folder) reported(want ...string) {
	f.t.Helper()
	select {
	case got := <-f.w.Changes():
		for i, path := range got {
			rel, err := filepath.Rel(f.dir, path)
			if err != nil {
				f.t.Fatal(err)
			}
			got[i] = filepath.ToSlash(rel)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			f.t.Errorf("reported (-want +got):\n%s", diff)
		}
	case <-time.After(20 * time.Second):
		f.t.Fatalf("nothing was reported, want %q", want)
	}
}

// nothing makes sure that what came before is no change: a file that is changed afterwards is reported alone.
func (f *folder) nothing() {
	f.t.Helper()
	f.write("last.go", strconv.FormatInt(time.Now().UnixNano(), 10))
	f.reported("last.go")
}

var quick = Config{Interval: 2 * time.Millisecond, Quiet: 30 * time.Millisecond}

func watched(t *testing.T, cfg Config, set func(dir string) Set, files ...string) *folder {
	t.Helper()
	f := &folder{t: t, dir: t.TempDir()}
	for _, name := range files {
		f.write(name, "package x // "+name)
	}
	f.w = New(cfg, set(f.dir))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); f.w.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	return f
}

func deep(dir string) Set {
	return Set{Trees: []Tree{{Dir: dir, Deep: true}}, Files: []string{filepath.Join(dir, "go.mod"), filepath.Join(dir, ".env")}, Skip: []string{"xmcp_gen.go"}}
}

func TestChangesAreReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := watched(t, quick, deep, "main.go", "src/tools/greet.go", "src/c.h")
		f.write("src/tools/greet.go", "package x // Hi")
		f.reported("src/tools/greet.go")
		f.write("src/tools/sub/folder/new.go", "package x")
		f.reported("src/tools/sub/folder/new.go")
		f.remove("src/c.h")
		f.remove("main.go")
		f.reported("main.go", "src/c.h")
		f.write("go.mod", "module x")
		f.write(".env", "A=b")
		f.reported(".env", "go.mod")
		f.remove("src/tools")
		f.reported("src/tools/greet.go", "src/tools/sub/folder/new.go")
	})
}

func TestWhatIsNoChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := watched(t, quick, deep, "main.go", "other.go")
		for _, name := range []string{
			"main_test.go", "xmcp_gen.go", "src/xmcp_gen.go", ".main.go.swp", ".#main.go", "#main.go#", "main.go~", "4913", "main.go.tmp", "main.go___jb_tmp___",
			".git/x.go", ".idea/x.go", "_old/x.go", "testdata/x.go", "vendor/x.go", "node_modules/x.go", "README.md", "bin/app", "nested/x.go",
		} {
			if strings.HasPrefix(name, "nested/") {
				f.write("nested/go.mod", "module nested")
			}
			f.write(name, "package y")
		}
		f.write("main.go", "package x // main.go") // as it is
		f.date("main.go", time.Now().Add(time.Minute))
		f.nothing()

		// There and back again between two looks, or while it is not quiet.
		f.write("main.go", "package y")
		f.write("main.go", "package x // main.go")
		f.nothing()
		f.write("main.go", "package y")
		time.Sleep(quick.Quiet / 2)
		f.write("main.go", "package x // main.go")
		f.nothing()
	})
}

// Somebody who saves a file as it is may want to try once more.
func TestEverySave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := watched(t, quick, deep, "main.go", "other.go")
		save := func(ago time.Duration) {
			t.Helper()
			f.date("main.go", time.Now().Add(-ago))
		}
		save(time.Hour)
		f.nothing()
		f.w.EverySave(true)
		f.nothing() // the save came before
		save(time.Minute)
		f.reported("main.go")
		f.w.EverySave(false)
		f.nothing()
		save(2 * time.Minute)
		f.nothing()
	})
}

// A save is not lost to a look that was under way when each save began to count.
func TestEverySaveDuringALook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f *folder
		var now atomic.Bool
		f = watched(t, quick, func(dir string) Set {
			set := deep(dir)
			set.looking = func(string) {
				if now.CompareAndSwap(true, false) {
					f.w.EverySave(true)
					f.date("main.go", time.Now().Add(-time.Hour))
				}
			}
			return set
		}, "a.go", "main.go")
		now.Store(true)
		f.reported("main.go")
	})
}

// Editors write another file and move it into place.
func TestAtomicSaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := watched(t, quick, deep, "main.go")
		for i := range 3 {
			f.write(".main.go.tmp", "package x // edition "+strconv.Itoa(i))
			f.rename(".main.go.tmp", "main.go")
			f.reported("main.go")
			f.rename("main.go", "main.go~")
			f.write("main.go", "package x // edition "+strconv.Itoa(i)+" again")
			f.reported("main.go")
		}
	})
}

// A write of the same length within the clock of the file system is seen.
func TestSameSizeAndTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := watched(t, quick, deep, "main.go")
		before := time.Now()
		time.Sleep(10 * time.Millisecond)
		f.write("main.go", "package y // main.go")
		f.date("main.go", before)
		f.reported("main.go")
	})
}

func TestAStormIsOneReport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := watched(t, Config{Interval: 2 * time.Millisecond, Quiet: 500 * time.Millisecond, Longest: time.Minute}, deep, "a.go", "b.go")
		for i := range 20 {
			f.write([]string{"a.go", "b.go"}[i%2], strconv.Itoa(i))
			time.Sleep(5 * time.Millisecond)
		}
		f.reported("a.go", "b.go")
		f.nothing()
	})
}

// Something that writes all the time cannot put a report off for ever.
func TestLongest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := watched(t, Config{Interval: time.Millisecond, Quiet: 40 * time.Millisecond, Longest: 100 * time.Millisecond}, deep, "a.go")
		stop := make(chan struct{})
		done := make(chan struct{})
		go func() {
			defer close(done)
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				case <-time.After(5 * time.Millisecond):
					_ = os.WriteFile(filepath.Join(f.dir, "a.go"), []byte(strconv.Itoa(i)), 0o600)
				}
			}
		}()
		f.reported("a.go")
		close(stop)
		<-done
	})
}

// What changes while nobody receives is reported with the rest.
func TestReportsGrow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := watched(t, quick, deep, "a.go", "b.go", "c.go")
		f.write("a.go", "1")
		time.Sleep(200 * time.Millisecond)
		f.write("b.go", "1")
		time.Sleep(200 * time.Millisecond)
		f.reported("a.go", "b.go")
		f.nothing()
	})
}

func TestEveryFileOfATree(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := watched(t, quick, func(dir string) Set {
			return Set{Trees: []Tree{{Dir: dir}, {Dir: filepath.Join(dir, "static"), Any: true}}}
		}, "main.go", "below/x.go", "static/index.html", "static/deep/_partials/x.tmpl")
		f.write("below/x.go", "not deep")
		f.write("static/index.html~", "a backup")
		f.write("static/.git/index", "")
		f.write("static/deep/_partials/x.tmpl", "new")
		f.write("static/new/app.js", "new")
		f.reported("static/deep/_partials/x.tmpl", "static/new/app.js")
	})
}

func TestAnotherSet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := watched(t, quick, deep, "main.go", "static/index.html", "static/app.js")
		f.w.Watch(Set{Trees: []Tree{{Dir: f.dir, Deep: true}, {Dir: filepath.Join(f.dir, "static"), Any: true}}})
		f.nothing() // it is taken as it is
		f.write("static/app.js", "new")
		f.reported("static/app.js")
		f.w.Watch(Set{Trees: []Tree{{Dir: f.dir}}})
		f.nothing() // what is no longer watched has not gone
		f.write("static/app.js", "newer")
		f.nothing()
	})
}

func TestFoldersThatAreNotThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := watched(t, quick, func(dir string) Set {
			return Set{Trees: []Tree{{Dir: filepath.Join(dir, "later"), Deep: true}}, Files: []string{filepath.Join(dir, "go.work")}}
		})
		f.write("later/x.go", "1")
		f.write("go.work", "go 1.26")
		f.reported("go.work", "later/x.go")
	})
}

func TestFull(t *testing.T) {
	f := &folder{t: t, dir: t.TempDir()}
	for i := range 5 {
		f.write(strconv.Itoa(i)+".go", "")
	}
	set := deep(f.dir)
	if New(quick, set).Full() {
		t.Error("five files are too many")
	}
	set.most = 4
	if w := New(quick, set); !w.Full() || len(w.known) != 4 {
		t.Errorf("%d of five files are watched where four may be, full %v", len(w.known), w.Full())
	}
}

func TestRunEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &folder{t: t, dir: t.TempDir()}
		f.write("a.go", "1")
		f.w = New(quick, deep(f.dir))
		f.write("a.go", "2")
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(200*time.Millisecond, cancel) // it waits for somebody to take the report by then
		f.w.Run(ctx)
		if _, ok := <-f.w.Changes(); ok {
			t.Error("the channel is open")
		}
	})
}

// BenchmarkLook is the cost of one look at an app with many files: what the interval is chosen by.
func BenchmarkLook(b *testing.B) {
	for _, n := range []int{100, 1000, 10_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			dir := b.TempDir()
			for i := range n {
				sub := filepath.Join(dir, strconv.Itoa(i/20))
				if err := os.MkdirAll(sub, 0o700); err != nil {
					b.Fatal(err)
				}
				path := filepath.Join(sub, strconv.Itoa(i)+".go")
				if err := os.WriteFile(path, slices.Repeat([]byte("x"), 4000), 0o600); err != nil {
					b.Fatal(err)
				}
				old := time.Now().Add(-time.Hour)
				if err := os.Chtimes(path, old, old); err != nil {
					b.Fatal(err)
				}
			}
			w := New(Config{}, deep(dir))
			for b.Loop() {
				w.known = w.look(w.set, w.known)
			}
		})
	}
}
