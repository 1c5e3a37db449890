#!/bin/sh
# build.sh OSTLER BUNDLE: makes an OCI bundle of app.c, OSTLER being bin/ostler of an installation. No root needed.
set -eu
ostler=$(realpath "$1")
bundle=$2
here=$(dirname "$(realpath "$0")")

mkdir -p "$bundle/rootfs/bin" "$bundle/rootfs/proc" "$bundle/rootfs/dev"
gcc -static -O2 -o "$bundle/rootfs/bin/app" "$here/app.c"
cp "$ostler" "$bundle/rootfs/bin/ostler"
cp "$here/config.json" "$bundle/config.json"
bundle=$(realpath "$bundle")
cd "$here"
"$ostler" plan -f ostler.yaml -o "$bundle/rootfs/app.plan"
chmod 0644 "$bundle/rootfs/app.plan" # the container's user reads it
