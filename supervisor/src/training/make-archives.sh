#!/bin/sh
# make-archives.sh HOME WORK JDK
# Makes HOME/lib/VERSION.jsa, a class-data archive, for JDK and for each other build of Java in the usual place. It holds
# what a supervisor and commands load that do a little of everything in a copy of HOME, made in WORK. The launcher names
# the archive to the JVM (launcher-native/src/jvm.c), which leaves it aside where the jars are not those of the build.
set -eu

home=$1 work=$2 jdk=$3
training=$(dirname "$(realpath "$0")")
done=" "

value() { sed -n "s/^$2=\"\(.*\)\"\$/\1/p" "$1/release"; }

# The classes that `ostler "$@"`, and a supervisor that it starts, load are added to the list.
watch() {
	: > "$work/new.list"
	"$work/home/bin/ostler" "$@" > "$work/said" 2>&1 || { cat "$work/said" >&2; return 1; }
	cat "$work/new.list" >> "$work/all.list"
}

train() {
	sed -i "s|^-Xrs|-XX:DumpLoadedClassList=$work/new.list\n-Xrs|" "$work/home/lib/jvm-$1.args"
	cd "$work/project"
	: > "$work/all.list"
	watch check
	watch plan -f ostler.yaml web
	: > "$work/new.list"
	"$work/home/bin/ostler" up -d
	for command in status "status --json" "restart web" "logs web" "stop db" "start db" "audit web"; do
		"$work/home/bin/ostler" $command > /dev/null || [ "${command% *}" = audit ]
	done
	"$work/home/bin/ostler" down
	cat "$work/new.list" >> "$work/all.list"
}

archive() {
	JAVA_HOME=$1
	export JAVA_HOME
	version=$(value "$1" JAVA_RUNTIME_VERSION)
	feature=$(value "$1" JAVA_VERSION | sed 's/\..*//')
	[ "$feature" -ge 17 ] || return 0
	case $done in *" $version "*) return 0 ;; esac
	done="$done$version "
	if [ "$feature" -ge 24 ]; then args=25; else args=17; fi

	rm -rf "$work"
	mkdir -p "$work/project" "$work/run"
	cp -a "$home" "$work/home"
	cp "$training/ostler.yaml" "$work/project"
	export OSTLER_RUNTIME_DIR="$work/run" XDG_STATE_HOME="$work/state" XDG_CACHE_HOME="$work/cache"
	(train "$args")

	# Only the first collector can write objects of the heap into an archive; all can read them.
	cd "$home/lib"
	sed -e '/UseSerialGC/d' "jvm-$args.args" > "$work/dump.args"
	sed 's/ id: [0-9]*$//' "$work/all.list" | sort -u > "$work/classes.list"
	rm -f "$version.jsa"
	"$1/bin/java" "@$work/dump.args" -XX:+UseG1GC -Xshare:dump \
		-XX:SharedClassListFile="$work/classes.list" -XX:SharedArchiveFile="$work/new.jsa" > "$work/said" 2>&1 ||
		{ cat "$work/said" >&2; return 1; }
	mv "$work/new.jsa" "$version.jsa"
	chmod 644 "$version.jsa"
}

rm -f "$home"/lib/*.jsa
for jdk in "$jdk" /usr/lib/jvm/*; do
	if [ -x "$jdk/bin/java" ] && [ -r "$jdk/release" ]; then
		archive "$(realpath "$jdk")"
	fi
done
rm -rf "$work"
