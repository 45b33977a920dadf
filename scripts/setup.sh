#!/bin/sh
# Brings what the tests need beyond Go, git and make, and says what it does:
#   - a C compiler, for the race detector (system package);
#   - PostgreSQL, which the test of examples/notes starts for itself (system package);
#   - Chromium, in which tests sign in (system package);
#   - nginx and Caddy, behind which a test runs an app (system packages);
#   - npm, if there is none (system package);
#   - the npm packages that test/clients pins: protocol clients, agents, the browser's driver, and the Node that runs
#     them (.cache/clients).
# What is there already is left alone, so a second run does nothing.
set -eu
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*"; }

# install PURPOSE PACKAGE…: through apt as root, else the line to run.
install() {
	purpose=$1
	shift
	if ! command -v apt-get >/dev/null 2>&1; then
		say "$purpose is missing; install it with this system's package manager (Debian's names: $*)" >&2
		exit 1
	fi
	if [ "$(id -u)" != 0 ]; then
		say "$purpose is missing; run this, then make again:" >&2
		echo "    sudo apt-get update && sudo apt-get install -y --no-install-recommends $*" >&2
		exit 1
	fi
	say "installing $purpose (apt: $*)"
	log=$(mktemp)
	if ! { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"; } >"$log" 2>&1 </dev/null; then
		cat "$log" >&2
		rm -f "$log"
		say "apt could not install $*" >&2
		exit 1
	fi
	rm -f "$log"
}

# The race detector links C.
if ! command -v "$(go env CC)" >/dev/null 2>&1; then
	install 'a C compiler' gcc libc6-dev
elif [ "$(go env GOOS)" = linux ] && ! echo '#include <stdlib.h>' | "$(go env CC)" -E - >/dev/null 2>&1; then
	install 'the C library headers' libc6-dev
fi

# Debian keeps the server's programs out of the PATH.
if ! command -v initdb >/dev/null 2>&1 && ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
	install PostgreSQL postgresql
fi

# The names that test/browser looks for; XMCPGO_CHROMIUM names another one.
found=${XMCPGO_CHROMIUM:-}
for name in chromium chromium-browser google-chrome google-chrome-stable; do
	[ -n "$found" ] || found=$(command -v $name || true)
done
[ -n "$found" ] || install Chromium chromium fonts-dejavu-core

# The proxies of test/deploy. On a system with services Debian starts them at once: that policy says not to.
if ! { command -v nginx || ls /usr/sbin/nginx; } >/dev/null 2>&1 || ! command -v caddy >/dev/null 2>&1; then
	policy=/usr/sbin/policy-rc.d
	[ "$(id -u)" != 0 ] || [ -e $policy ] || { printf '#!/bin/sh\nexit 101\n' >$policy && chmod +x $policy && trap "rm -f $policy" EXIT; }
	install 'nginx and Caddy' nginx-light caddy
fi

clients=.cache/clients
sum=$(cat test/clients/package.json test/clients/package-lock.json | cksum)
if [ "$(cat $clients/.installed 2>/dev/null || true)" != "$sum" ]; then
	command -v npm >/dev/null 2>&1 || install npm nodejs npm
	say "installing the npm packages of test/clients into $clients (1.2 GB with the agents' programs)"
	# Beside, then in one step: whoever uses the folder meanwhile finds the old packages or the new ones.
	new=$clients.new
	rm -rf $new
	mkdir -p $new
	cp test/clients/package.json test/clients/package-lock.json $new/
	try=1
	until (cd $new && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error </dev/null); do
		[ $try -lt 3 ] || { say "npm ci failed $try times" >&2; exit 1; }
		try=$((try + 1))
		say "npm ci failed; try $try of 3"
		sleep 5
	done
	printf '%s\n' "$sum" >$new/.installed
	rm -rf $clients.old
	[ ! -e $clients ] || mv $clients $clients.old
	mv $new $clients
	rm -rf $clients.old
fi
