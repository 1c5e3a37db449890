#!/bin/sh
# run.sh BUNDLE NAME: runs the bundle by crun. As root; crun wants cgroup v2 alone, so on a hybrid host it is given that.
set -eu
cd "$1"
if [ ! -e /sys/fs/cgroup/cgroup.controllers ]; then
	exec unshare --mount sh -c 'umount -R /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup && exec crun run "$1"' sh "$2"
fi
exec crun run "$2"
