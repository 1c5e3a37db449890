#!/bin/sh
# Tabs, no trailing blanks, 100 columns in src/ (lines with text in quotes may be longer), 120 in test/.
bad=0
check() {
	limit=$1
	shift
	for file in "$@"; do
		expand -t8 "$file" | awk -v file="$file" -v limit="$limit" '
			length($0) > limit && (limit > 100 || !/"/) { print file ":" NR ": longer than " limit " columns"; bad = 1 }
			/[ \t]$/ { print file ":" NR ": blanks at the end"; bad = 1 }
			END { exit bad }' || bad=1
		grep -nE '^\t* +[^ *]' "$file" | grep -vE '^[0-9]+:\t+ {1,7}[^ ]' | sed "s|^|$file:|;s|\$|   <- spaces for indentation|" | grep . && bad=1
	done
}
check 100 src/*.c src/*.h src/*.def
check 120 test/*.c test/*.h test/probe/*.c
exit $bad
