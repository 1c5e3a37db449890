#!/bin/sh
# Writes the table of system calls anew: src/main/resources/dev/ostler/base/syscalls.tsv.
#
#   tools/syscall-table.sh [INCLUDE-OPTION...] <old-table >new-table
#
# Numbers come from the kernel headers that gcc finds (with -I DIR: those below DIR): asm/unistd_64.h for x86-64,
# asm-generic/unistd.h with what arm64 wants of it for aarch64, asm/unistd_32.h for names that only 32-bit programs know.
# Widths of arguments come from the trace events of the running kernel (a mounted tracefs, readable by root alone).
# Rows of the old table that the headers and the kernel do not know are kept: a table made on an older system loses nothing.
set -eu
tracing=${TRACING:-/sys/kernel/tracing}/events/syscalls
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

macros() {
	gcc -E -dM "$@" -x c - | awk '$1 == "#define" && $2 ~ /^__NR(3264)?_[a-z0-9_]+$/ && NF == 3 { print $2, $3 }'
}
numbers() {
	awk '{ value[$1] = $2 } END {
		for (name in value) {
			number = value[name]
			if (number in value)
				number = value[number]
			if (name ~ /^__NR_/ && number ~ /^[0-9]+$/ && name !~ /^__NR_(syscalls|arch_specific_syscall)$/)
				print substr(name, 6), number
		}
	}'
}

echo '#include <asm/unistd_64.h>' | macros "$@" | numbers >"$work/x86_64"
echo '#include <asm/unistd_32.h>' | macros "$@" | numbers >"$work/i386"
macros "$@" <<'END' | numbers >"$work/aarch64"
#define __ARCH_WANT_RENAMEAT
#define __ARCH_WANT_NEW_STAT
#define __ARCH_WANT_SET_GET_RLIMIT
#define __ARCH_WANT_SYS_CLONE3
#define __ARCH_WANT_MEMFD_SECRET
#include <asm-generic/unistd.h>
END

# One line a call: its name and one letter an argument: i = 32 bits, h = 16 bits, l = 64 bits.
: >"$work/widths"
for format in "$tracing"/sys_enter_*/format; do
	[ -r "$format" ] || continue
	name=${format%/format}
	awk -v name="${name##*/sys_enter_}" '
		BEGIN {
			split("newstat newfstat newlstat newuname umount sendfile64", kernel, " ")
			split("stat fstat lstat uname umount2 sendfile", header, " ")
			for (i in kernel)
				if (name == kernel[i])
					name = header[i]
		}
		/field:/ && !/common_|__syscall_nr/ {
			type = $0
			sub(/.*field:/, "", type)
			sub(/;.*/, "", type)
			sub(/ *[A-Za-z0-9_]+$/, "", type)
			sub(/^const /, "", type)
			if (type == "umode_t")
				letters = letters "h"
			else if (type ~ /^(int|unsigned|unsigned int|enum [a-z_]+|(__)?[us]32|(pid|uid|gid|clockid|timer|mqd|key|rwf|qid|key_serial)_t)$/)
				letters = letters "i"
			else
				letters = letters "l"
		}
		END { print name, letters == "" ? "-" : letters }' "$format" >>"$work/widths"
done

cat >"$work/old"
sed -n '/^#/p' "$work/old"
{
	sed '/^#/d;s/^/old /' "$work/old"
	for part in x86_64 i386 aarch64 widths; do
		sed "s/^/$part /" "$work/$part"
	done
} | awk '
	$1 == "old" { names[$2]; x86_64[$2] = $3; aarch64[$2] = $4; widths[$2] = $5 }
	$1 == "x86_64" { names[$2]; x86_64[$2] = $3 }
	$1 == "aarch64" { names[$2]; aarch64[$2] = $3 }
	$1 == "i386" { names[$2] }
	$1 == "widths" && ($2 in names) { widths[$2] = $3 }
	function or_dash(text) { return text == "" ? "-" : text }
	END {
		for (name in names)
			print name "\t" or_dash(x86_64[name]) "\t" or_dash(aarch64[name]) "\t" or_dash(widths[name])
	}' | LC_ALL=C sort
