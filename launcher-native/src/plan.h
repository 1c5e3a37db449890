/*
 * A plan: the program that turns a process into a service. README.md section 1 draws the format.
 */
#ifndef OSTLER_PLAN_H
#define OSTLER_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PLAN_MAX_BYTES = 1 << 20, /* also bounds what one launch may map */
	PLAN_MAX_OPS = 4096,
	PLAN_MAX_FDS = 200, /* SCM_MAX_FD is 253; the rest is for the plan and the cgroup */
	PLAN_HEADER_BYTES = 64,
};

enum plan_flags {
	PLAN_COPY = 1, /* copy-on-write clone */
	PLAN_STAY = 2, /* a guard stays as the parent */
};

/* A decoded plan. Points into bytes, which the caller keeps alive and unchanged. */
struct plan {
	const uint8_t *bytes;
	size_t size;
	uint32_t flags;
	uint32_t n_ops;
	const uint8_t *ops;
	size_t ops_size;
	uint32_t n_origins;
	const uint8_t *origins;
	size_t origins_size;
	uint32_t n_fds;
	uint32_t deadline_ms;
	uint32_t death_signal;
};

/*
 * Read a whole plan from fd at offset 0 with pread(2) into buf of PLAN_MAX_BYTES. With
 * require_seals, fd must be a memfd sealed against writing, growing and shrinking. 0; -EFBIG,
 * -EPERM (not sealed) or what fstat/pread/fcntl say.
 */
int plan_read(int fd, bool require_seals, uint8_t *buf, size_t *ret_size);

/*
 * Check every byte of a plan and fill *ret. 0 or -EBADMSG; *ret_why then says what is wrong
 * (static text).
 */
int plan_decode(const uint8_t *bytes, size_t size, struct plan *ret, const char **ret_why);

/* Text of origin number index; "" when there is none. */
const char *plan_origin(const struct plan *plan, uint32_t index);

/* Origin number of op number index; UINT32_MAX when there is no such op. */
uint32_t plan_op_origin(const struct plan *plan, uint32_t index);

/* Where a refusal of op number index comes from: of its element sub where that has its own. */
const char *plan_refusal_origin(const struct plan *plan, uint32_t index, uint32_t sub);

#endif
