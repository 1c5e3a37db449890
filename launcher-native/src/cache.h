/*
 * Compiled plans of `ostler run`, kept under $XDG_CACHE_HOME/ostler (else ~/.cache/ostler). A
 * file is used only when all that went into its plan is as it was: arguments, rights, limits, this
 * boot, the installation, the files that were read and the variables that were used. README.md
 * section 5.
 */
#ifndef OSTLER_CACHE_H
#define OSTLER_CACHE_H

#include <stddef.h>
#include <stdint.h>

struct cache_key {
	char *text; /* everything but files and variables */
	size_t size;
	char name[24]; /* of the file: a hash of the text */
};

/* Gather the key for these arguments. 0, or -1 when something of it cannot be read. */
int cache_key_make(int argc, char *const *argv, struct cache_key *ret);

/*
 * The plan for this key into buf of PLAN_MAX_BYTES. 0, or -1 when there is none that still holds.
 * A cache that is not its user's own, or that others may write to, is ignored.
 */
int cache_find(const struct cache_key *key, uint8_t *buf, size_t *ret_size);

/* Keep a plan and its inputs, as the JVM wrote them. What cannot be kept is not kept. */
void cache_store(const struct cache_key *key, const char *inputs, size_t inputs_size,
		 const uint8_t *plan, size_t plan_size);

#endif
