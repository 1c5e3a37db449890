/*
 * The root under construction: every path of it is resolved inside of it, whatever links it holds.
 */
#ifndef OSTLER_ROOT_H
#define OSTLER_ROOT_H

#include "ops.h"

/*
 * Open what is at path inside the new root (openat2 RESOLVE_IN_ROOT, no magic links). An
 * O_PATH descriptor, or -errno.
 */
int root_open(struct launch *launch, const char *path, int flags);

/* As root_open, of the host's root, which is still there until PIVOT. */
int host_open(struct launch *launch, const char *path, int flags);

/*
 * Whether this launch may make or change files where a descriptor leads to: in the host's own tree
 * only on file systems that it has made itself.
 */
bool root_may_write(struct launch *launch, int fd);

/*
 * Make path and the directories above it, where they are missing. 0, or what refuse() returned;
 * EROFS where the host would be changed.
 */
int root_make(struct launch *launch, const char *path, bool directory, uint64_t mode);

/*
 * A detached mount of a new file system; options are KEY=VALUE or KEY. A descriptor, or what
 * refuse() returned.
 */
int root_filesystem(struct launch *launch, const char *type, struct args *options,
		    uint64_t attributes);

/*
 * The same of an overlay: options lowerdir+=PATH, upperdir=PATH and workdir=PATH of the host,
 * without the last two a tmpfs of this launch that size=BYTES limits, and flags.
 */
int root_overlay(struct launch *launch, struct args *options, uint64_t attributes);

/* Attach a detached mount at path. 0, or what refuse() returned. Closes the mount. */
int root_attach(struct launch *launch, int mount, const char *path);

#endif
