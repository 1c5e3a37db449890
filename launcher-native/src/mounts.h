/*
 * The mounts of a launch: those it has made, and those that the kernel tells of afterwards. The two
 * are compared by VERIFY_MOUNTS.
 */
#ifndef OSTLER_MOUNTS_H
#define OSTLER_MOUNTS_H

#include "ops.h"

/* One that this launch has made; in the launch's memory, with room for each op that makes one. */
struct made_mount {
	uint32_t id; /* as in /proc/self/mountinfo */
	uint32_t op; /* which made it: its origin is named when something is wrong */
	uint64_t flags; /* MOUNT_ATTR_*; with BIND_RECURSIVE also of all that came with it */
	uint64_t device; /* st_dev of its file system */
	const char *type; /* of a file system of our own, else NULL */
	const char *target;
	bool seen;
};

struct mount_identity {
	uint32_t id;
	uint64_t device;
};

/* Which mount a descriptor is on, and of which file system. 0, or -errno. */
int mount_identify(int fd, struct mount_identity *ret);

/*
 * Note a mount before it is attached, or the root. flags as above. 0, or what refuse() returned.
 */
int mounts_note(struct launch *launch, int mount, const char *type, const char *target,
		uint64_t flags);

/* The last one noted is the root from now on: PIVOT lets go of all that were made before it. */
void mounts_only_last(struct launch *launch);

/* The one with this id; NULL when this launch has not made it. */
struct made_mount *mounts_made(struct launch *launch, uint32_t id);

/* One that the kernel tells of. */
struct seen_mount {
	uint32_t id, parent; /* as in /proc/self/mountinfo */
	uint64_t parent_key; /* the same for statmount(2), or 0 */
	uint64_t attributes; /* MOUNT_ATTR_* */
	char type[32];
	char point[256]; /* where it is, cut; octal escapes as in mountinfo */
};

/* A walk over all mounts below the root: by listmount(2), or of a mountinfo file. */
struct mount_list {
	int mountinfo; /* -1: by listmount(2) */
	uint32_t at, count;
	union {
		struct {
			uint64_t ids[256], last;
		};
		struct {
			char bytes[4096];
			long offset; /* of what follows them */
		};
	};
};

/* Whether this kernel, and the filters around us, let us list mounts (Linux 6.8). */
bool mount_list_works(void);

/* mountinfo: a descriptor of it, or -1 to use listmount(2). */
void mount_list_start(struct mount_list *list, int mountinfo);

/* The next one: 1, at the end 0, or -errno. */
int mount_list_next(struct mount_list *list, struct seen_mount *ret);

/* The one that a mount lies on: 1, 0 when it is not below our root, or -errno. */
int mount_list_parent(const struct mount_list *list, const struct seen_mount *of,
		      struct seen_mount *ret);

#endif
