/*
 * Descriptors the keeper holds for the supervisor under a name: they outlive the JVM.
 */
#ifndef OSTLER_STORE_H
#define OSTLER_STORE_H

#include "proto.h"

#include <stdbool.h>

/* Log pipes, listeners and state of a thousand services, and what some of them store. */
enum { STORE_MAX = 16384 };

struct store_entry {
	char name[PROTO_NAME_BYTES]; /* NUL-terminated, empty in a free entry */
	int fd;
};

struct store {
	struct store_entry *entries;
	uint32_t *hashes; /* of their names, 0 for a free entry: what a search goes through */
	uint32_t high, used; /* entries from high on were never taken */
};

int store_init(struct store *store);

/*
 * Take over fd. A descriptor of the same name is closed. 0, or -ENOSPC; then fd is still the
 * caller's.
 */
int store_put(struct store *store, const char *name, int fd);

bool store_has(const struct store *store, const char *name);

/* Close and forget. 0 or -ENOENT. */
int store_drop(struct store *store, const char *name);

#endif
