#!/usr/bin/env bash
# The checks that are programs of their own: format, static analysis, known
# vulnerabilities. The rules that are ours are tests (internal/house).
# Each check prints its duration; all of them run even when one fails.
set -uo pipefail
cd "$(dirname "$0")/.."
root=$PWD
export GOWORK=off
bin=$root/.cache/bin

passed=0 failed=0
check() { # NAME COMMAND…
	local name=$1 start=$SECONDS out
	shift
	if out=$("$@" 2>&1); then
		passed=$((passed + 1))
		printf 'ok  \t%s\t%ds\n' "$name" $((SECONDS - start))
		if [ -n "$out" ]; then printf '%s\n' "$out" | sed 's/^/    /'; fi
	else
		failed=$((failed + 1))
		printf 'FAIL\t%s\t%ds\n%s\n' "$name" $((SECONDS - start)) "$out"
	fi
}

# Modules with Go files, root first.
modules() {
	find . -name go.mod -not -path '*/testdata/*' -not -path '*/node_modules/*' -not -path './.*/*' -not -path './tools/*' |
		sed 's|/go.mod$||' | sort
}

# Go files but test data. Not by git, which refuses a clone that another user owns.
gofiles() {
	find . \( -name '.?*' -o -name testdata -o -name node_modules \) -prune -o -name '*.go' -print0
}

format() {
	local wrong
	wrong=$(gofiles | xargs -0 gofmt -l) || return 1
	[ -z "$wrong" ] || { echo "not formatted (run make fmt):"; echo "$wrong"; return 1; }
}

tools() {
	mkdir -p "$bin"
	GOBIN=$bin go -C tools install tool
}

analyse() { (cd "$1" && "$bin/staticcheck" ./...); }

# The database of vulnerabilities is on the network. Out of reach is said and is no
# failure; a vulnerability that the code can reach is one.
vulnerabilities() {
	local out
	if out=$(cd "$1" && "$bin/govulncheck" ./... 2>&1); then
		return 0
	fi
	if grep -qE 'dial tcp|no such host|connection refused|i/o timeout|TLS handshake|proxyconnect|unexpected status|HTTP GET .* (403|407|502|503)|deadline exceeded|x509' <<<"$out"; then
		echo "not run: the vulnerability database cannot be reached from here"
		return 0
	fi
	echo "$out"
	return 1
}

check format format
check 'build staticcheck and govulncheck' tools
for module in $(modules); do
	check "staticcheck $module" analyse "$module"
	check "govulncheck $module" vulnerabilities "$module"
done
# What create and add write, in an app with everything.
created() {
	local dir
	dir=$(mktemp -d) || return 1
	(go run ./cmd/xmcpgo create -y --sign-in scalekit "$dir/app" && cd "$dir/app" &&
		go tool xmcpgo add tool users/get_thing && go tool xmcpgo add prompt summarize && go tool xmcpgo add resource price_list) >/dev/null &&
		analyse "$dir/app"
	local status=$?
	rm -rf "$dir"
	return $status
}
check 'staticcheck of a created app' created
echo "$passed passed, $failed failed"
[ $failed = 0 ]
