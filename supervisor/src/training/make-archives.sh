#!/bin/sh
# make-archives.sh HOME WORK JDK
# Makes HOME/lib/VERSION.jsa, a class-data archive, for JDK and for each other build of Java in the usual place. It holds
# what a supervisor and commands load that do a little of everything in a copy of HOME, made in WORK. From Java 25 on also
# HOME/lib/VERSION.aot, an ahead-of-time cache for supervisors: their classes, and how their methods were used. The launcher names
# the one or the other to the JVM (launcher-native/src/jvm.c), which leaves it aside where the jars are not those of the build.
set -eu

home=$1 work=$2 jdk=$3
training=$(dirname "$(realpath "$0")")

value() { sed -n "s/^$2=\"\(.*\)\"\$/\1/p" "$1/release"; }

# The options in HOME/lib/jvm-$1.args for a JVM that writes heap objects into an archive, which only the first collector
# does; all can read them.
options_that_archive() { sed '/UseSerialGC/d' "$home/lib/jvm-$1.args"; }

fresh_copy() {
	rm -rf "$work"
	mkdir -p "$work/project" "$run"
	cp -a "$home" "$work/home"
	cp "$training/ostler.yaml" "$work/project"
}

# A supervisor does a little of everything.
supervise() {
	"$work/home/bin/ostler" up -d
	for command in status "status --json" "restart web" "logs web" "stop db" "start db" "audit web"; do
		"$work/home/bin/ostler" $command > /dev/null || [ "${command% *}" = audit ]
	done
	"$work/home/bin/ostler" down
}

# The classes that `ostler "$@"` loads are added to the list.
watch() {
	: > "$work/new.list"
	"$work/home/bin/ostler" "$@" > "$work/said" 2>&1 || { cat "$work/said" >&2; return 1; }
	cat "$work/new.list" >> "$work/all.list"
}

list_classes() {
	sed -i "s|^-Xrs|-XX:DumpLoadedClassList=$work/new.list\n-Xrs|" "$work/home/lib/jvm-$1.args"
	cd "$work/project"
	: > "$work/all.list"
	watch check
	watch plan -f ostler.yaml web
	: > "$work/new.list"
	supervise
	cat "$work/new.list" >> "$work/all.list"
}

# A JDK whose java records what it does. It is a child of the one that the keeper knows and ends, as it writes the record
# after its end.
recording_jdk() {
	mkdir -p "$work/jdk/bin"
	cp "$1/release" "$work/jdk"
	cat > "$work/jdk/bin/java" <<-END
		#!/bin/sh
		for option; do
			shift
			[ "\$option" = -Xshare:auto ] || set -- "\$@" "\$option"
		done
		exec 9> "$work/lock"
		flock 9
		"$1/bin/java" -XX:AOTMode=record -XX:AOTConfiguration="$work/aot.configuration" "\$@"
	END
	chmod 755 "$work/jdk/bin/java"
}

record() {
	recording_jdk "$1"
	rm -f "$work/home/lib"/*.jsa
	options_that_archive "$2" > "$work/home/lib/jvm-$2.args"
	cd "$work/project"
	JAVA_HOME="$work/jdk" supervise
	flock "$work/lock" true
}

dump() {
	java=$1
	shift
	cd "$home/lib"
	"$java/bin/java" "@$work/dump.args" -XX:+UseG1GC "$@" > "$work/said" 2>&1 || { cat "$work/said" >&2; return 1; }
}

# Both for one JDK, in a folder of its own.
archive() (
	run=$work/run # the shorter the better: the path of a socket has 107 bytes
	JAVA_HOME=$1 version=$2 feature=$3 work=$work/$2
	export JAVA_HOME
	if [ "$feature" -ge 24 ]; then args=25; else args=17; fi
	export OSTLER_RUNTIME_DIR="$run" XDG_STATE_HOME="$work/state" XDG_CACHE_HOME="$work/cache"

	fresh_copy
	(list_classes "$args")
	options_that_archive "$args" > "$work/dump.args"
	sed 's/ id: [0-9]*$//' "$work/all.list" | sort -u > "$work/classes.list"
	dump "$1" -Xshare:dump -XX:SharedClassListFile="$work/classes.list" -XX:SharedArchiveFile="$work/new.jsa"
	keep "$work/new.jsa" "$version.jsa"
	[ "$feature" -ge 25 ] || return 0

	fresh_copy
	(record "$1" "$args")
	options_that_archive "$args" > "$work/dump.args"
	# Linked ahead, all classes would come at once, at every start, whether it needs them or not: that costs more than it saves.
	dump "$1" -XX:AOTMode=create -XX:-AOTClassLinking -XX:AOTConfiguration="$work/aot.configuration" -XX:AOTCache="$work/new.aot"
	keep "$work/new.aot" "$version.aot"
)

keep() {
	mv "$1" "$home/lib/$2"
	chmod 644 "$home/lib/$2"
}

rm -rf "$work"
rm -f "$home"/lib/*.jsa "$home"/lib/*.aot
done=" " jobs="" status=0
trap 'kill $jobs 2> /dev/null; exit 1' INT TERM
for jdk in "$jdk" /usr/lib/jvm/*; do
	[ -x "$jdk/bin/java" ] && [ -r "$jdk/release" ] || continue
	version=$(value "$jdk" JAVA_RUNTIME_VERSION)
	feature=$(value "$jdk" JAVA_VERSION | sed 's/\..*//')
	[ "$feature" -ge 17 ] || continue
	case $done in *" $version "*) continue ;; esac
	done="$done$version "
	archive "$(realpath "$jdk")" "$version" "$feature" &
	jobs="$jobs $!"
done
for job in $jobs; do
	wait "$job" || status=$?
done
rm -rf "$work"
exit "$status"
