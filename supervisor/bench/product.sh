# Hooks by which a harness that compares supervisors drives Ostler; sourced by it. OSTLER names bin/ostler of an installation,
# by default the one the build has made. Each function prints an argv, one argument a line, or acts on DIR.
PRODUCT_NAME=${PRODUCT_NAME:-ostler}
OSTLER=${OSTLER:-$(dirname "$(realpath "${BASH_SOURCE[0]}")")/../target/ostler/bin/ostler}

product_ready() { [ -x "$OSTLER" ] || { echo "ostler: build it first: mvn -B package -DskipTests" >&2; return 1; }; }

# The command as a YAML list; single quotes are doubled.
product_words() { local word out=; for word in "$@"; do out="$out, '$(printf %s "$word" | sed "s/'/''/g")'"; done; printf '[%s]' "${out#, }"; }

# sandbox: a plan made ahead, run without Java. run: the same by a profile whose plan is kept by the first run. wrap: a
# forwarding, reaping init.
product_launch_argv() {
	local mode=$1 dir; shift
	dir=$(mktemp -d)
	case $mode in
	sandbox)
		{ printf 'services:\n  launched:\n    command: %s\n' "$(product_words "$@")"; product_sandbox; } > "$dir/ostler.yaml"
		(cd "$dir" && "$OSTLER" plan -o launched.plan) >&2 || return
		printf '%s\n' "$(realpath "$OSTLER")" exec "$dir/launched.plan" ;;
	run)
		{ printf 'profiles:\n  launched:\n'; product_sandbox; } > "$dir/profile.yaml"
		"$OSTLER" run -p "$dir/profile.yaml#launched" -- "$@" >&2 || return
		printf '%s\n' "$(realpath "$OSTLER")" run -p "$dir/profile.yaml#launched" -- "$@" ;;
	wrap) printf '%s\n' "$(realpath "$OSTLER")" init -- "$@" ;;
	esac
}

product_sandbox() {
	cat <<-YAML
	    working_dir: /
	    capabilities: { keep: [] }
	    sandbox:
	      namespaces: [mount, pid, ipc, uts, cgroup]
	      init: false
	      root: host
	      read_only: true
	      mounts: [ { proc: /proc }, { tmpfs: /tmp } ]
	YAML
}

product_services() {
	local n=$1 more=$2 i; shift 2
	echo "services:"
	for ((i = 1; i <= n; i++)); do
		printf '  svc-%d:\n    command: %s\n    restart: { policy: always%s }\n' "$i" "$(product_words "$@")" "$more"
	done
}

product_prepare() {
	local dir=$1 n=$2 mode=$3 more=; shift 3
	[ "$mode" = tuned ] && more=', backoff: { initial: 1ms, max: 1ms }'
	product_services "$n" "$more" "$@" > "$dir/ostler.yaml"
}

product_run() {
	cd "$1" && OSTLER_RUNTIME_DIR=$1/run XDG_STATE_HOME=$1/state exec "$OSTLER" up
}

product_stop() { kill -TERM "$2"; }

# The keeper, and the JVM that is its child.
product_own_pids() {
	echo "$2"
	pgrep -P "$2" -f dev.ostler.daemon.Main
}

product_log_prepare() {
	local dir=$1 ts=$2 rotate=$3; shift 3
	product_services 1 "" "$@" > "$dir/ostler.yaml"
	printf '    logs: { rotate: { size: %s, keep: 100 }, timestamps: %s }\n' "$rotate" \
		"$([ "$ts" = 1 ] && echo true || echo false)" >> "$dir/ostler.yaml"
}
product_log_run() { product_run "$1"; }
product_log_files() { find "$1/state" -name 'svc-1.log*' | sort -t. -k3,3nr; }
product_logger_argv() { :; }

product_pid1_argv() { printf '%s\n' "$(realpath "$OSTLER")" init -- "$@"; }
