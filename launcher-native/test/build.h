/*
 * Makes plans for tests: start, then each op with its arguments in the order of its signature,
 * then finish.
 */
#ifndef OSTLER_BUILD_H
#define OSTLER_BUILD_H

#include "../src/ops.h"

struct build {
	uint8_t bytes[65536];
	size_t size;
	size_t op_at; /* of the op whose arguments are being added; 0: none */
	uint32_t flags, n_ops, n_fds, n_origins;
	char origins[4096];
	size_t origins_size;
	uint32_t death_signal;
};

void build_start(struct build *build, uint32_t flags, uint32_t n_fds);
/* origin: text, or NULL for none */
void build_op(struct build *build, enum op_code code, const char *origin);
void build_number(struct build *build, uint64_t value);
void build_string(struct build *build, const char *text);
void build_numbers(struct build *build, size_t n, const uint64_t *values);
void build_strings(struct build *build, const char *const *list); /* NULL-terminated */
/*
 * The LANDLOCK of these three masks; paths NULL-terminated, with {directory, other, flags} each;
 * ports as {port, access}. The origin of rule n is "test.yaml:1n:3 (rule n)".
 */
void build_landlock(struct build *build, const uint64_t *handled, const char *const *paths,
		    const uint64_t *path_numbers, size_t n_ports, const uint64_t *port_numbers);
/*
 * The NAMESPACES of these CLONE_NEW*; with CLONE_NEWUSER just this user is in it, as nobody needs
 * rights for.
 */
void build_namespaces(struct build *build, uint64_t flags);
/* A HOST_NETWORK or a NETWORK. */
void build_network(struct build *build, enum op_code code, const char *origin, uint64_t action,
		   const char *interface, const char *object, const char *extra, uint64_t number);
/* The EXECVE of: one candidate, argv and a small environment. */
void build_execve(struct build *build, const char *const *argv);
/* Add the origins, write the header, and decode; ends the test when the plan is not valid. */
void build_finish(struct build *build, struct plan *ret);
/* Only bytes and header, for tests that spoil them. */
size_t build_seal(struct build *build);

#endif
