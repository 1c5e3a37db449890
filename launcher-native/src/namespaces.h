/*
 * A child in namespaces of its own, seen from the parent: how it is cloned, its id maps, its
 * release. README.md section 2.
 */
#ifndef OSTLER_NAMESPACES_H
#define OSTLER_NAMESPACES_H

#include "ops.h"

/* Arguments of the NAMESPACES op, the first of a plan that has one. */
struct namespaces {
	uint64_t flags; /* CLONE_NEW*, without NEWTIME and NEWCGROUP, which the child unshares */
	bool deny_setgroups;
	uint64_t uid, gid; /* taken by the child once the maps are there; UINT64_MAX: none */
	const char *uid_map, *gid_map; /* texts for /proc/PID/uid_map and gid_map */
	struct args uid_helper, gid_helper; /* lists: program, ranges; empty = write the map */
};

/* False when the plan has no NAMESPACES op. */
bool namespaces_of(const struct plan *plan, struct namespaces *ret);

/*
 * In the parent: the mounts of each BIND with an id map, as only who has rights over their file
 * systems may make them. 0, or what refuse() returned.
 */
int idmaps_prepare(struct launch *launch);

/* Once the payload has its own descriptors of them. */
void idmaps_close(struct launch *launch);

/* /proc/PID of a child, as an O_PATH descriptor; and a text for a file in it. */
int process_open(struct launch *launch, pid_t pid);
int process_write(struct launch *launch, int process, const char *name, const char *text);

/*
 * Prepare the clone: join the pid namespace that the child shall be in, make the release pipe.
 * 0 or what refuse() returned.
 */
int namespaces_prepare(struct launch *launch, const struct namespaces *namespaces);

/*
 * After the clone: write the maps of the child, do what HOST_NETWORK asks, release it. On failure
 * the child is killed and reaped, and the refusal filled. Closes the release pipe.
 */
int namespaces_release(struct launch *launch, const struct namespaces *namespaces, pid_t pid);

#endif
