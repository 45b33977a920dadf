#!/usr/bin/env bash
# The long runs: every fuzz target of every module for FUZZTIME, a crowd of
# clients for a minute, and every test COUNT times in random order with the race
# detector. Their short forms are part of make test.
#
#   scripts/soak.sh [fuzz] [crowd] [tests]    # all three when none is named
set -euo pipefail
cd "$(dirname "$0")/.."
: "${FUZZTIME:=10m}" "${COUNT:=20}"

# Fuzz targets as lines of a folder and a name.
targets() {
	find . \( -name '.?*' -o -name testdata -o -name node_modules \) -prune -o -name '*_test.go' -print0 |
		xargs -0 grep -HoE '^func Fuzz[A-Za-z0-9_]+' |
		sed -E 's|^(.*)/[^/]*:func (Fuzz.*)$|\1 \2|' | sort
}

fuzz() {
	local n=0
	while read -r dir target; do
		echo "== fuzz $dir $target for $FUZZTIME"
		# In its folder, since the package may be one of another module. Without the
		# last flag most of the time goes into making new inputs shorter.
		(cd "$dir" && go test -run '^$' -fuzz "^$target\$" -fuzztime "$FUZZTIME" -fuzzminimizetime 100x . </dev/null)
		n=$((n + 1))
	done < <(targets)
	echo "== $n targets were fuzzed"
	[ "$n" -gt 0 ]
}

crowd() {
	echo "== a crowd of clients for a minute"
	CGO_ENABLED=1 XMCP_SOAK=1m go test -race ./runtime -run '^TestCrowd$' -count 1
}

tests() {
	echo "== every test $COUNT times"
	CGO_ENABLED=1 go run ./internal/testall -- -race -count "$COUNT" -shuffle on -timeout 6h
}

for part in ${@:-fuzz crowd tests}; do
	case $part in
	fuzz | crowd | tests) "$part" ;;
	*)
		echo "soak: there is no part $part" >&2
		exit 2
		;;
	esac
done
