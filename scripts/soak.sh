#!/usr/bin/env bash
# The long runs: every fuzz target for FUZZTIME, and every test COUNT times in
# random order with the race detector. Their short forms are part of make test.
set -euo pipefail
cd "$(dirname "$0")/.."

grep -rlE '^func Fuzz[A-Z]' --include='*_test.go' . | while read -r file; do
	case $file in */testdata/* | ./.cache/*) continue ;; esac
	pkg=$(dirname "$file")
	grep -oE '^func Fuzz[A-Za-z0-9_]+' "$file" | sed 's/^func //' | while read -r target; do
		echo "== fuzz $pkg $target for $FUZZTIME"
		go test "$pkg" -run '^$' -fuzz "^$target\$" -fuzztime "$FUZZTIME" </dev/null
	done
done

echo "== a crowd of clients for a minute"
CGO_ENABLED=1 XMCP_SOAK=1m go test -race ./runtime -run '^TestCrowd$' -count 1

echo "== every test $COUNT times"
CGO_ENABLED=1 go run ./internal/testall -- -race -count "$COUNT" -shuffle on -timeout 6h
