#include "build.h"
#include "check.h"

#include <sched.h>
#include <unistd.h>

static void put(struct build *build, const void *bytes, size_t n)
{
	CHECK(build->size + n <= sizeof(build->bytes));
	if (n > 0)
		memcpy(build->bytes + build->size, bytes, n);
	build->size += n;
}

static void put_u32(struct build *build, uint32_t value)
{
	put(build, &value, 4);
}

static void set_u32(struct build *build, size_t at, size_t value)
{
	uint32_t word = (uint32_t)value;

	memcpy(build->bytes + at, &word, 4);
}

void build_start(struct build *build, uint32_t flags, uint32_t n_fds)
{
	memset(build, 0, sizeof(*build));
	build->flags = flags;
	build->n_fds = n_fds;
	build->size = PLAN_HEADER_BYTES;
}

static void end_op(struct build *build)
{
	if (build->op_at)
		set_u32(build, build->op_at + 8, build->size - build->op_at - 12);
}

void build_op(struct build *build, enum op_code code, const char *origin)
{
	uint32_t length = origin ? (uint32_t)strlen(origin) : 0;

	end_op(build);
	build->op_at = build->size;
	build->n_ops++;
	put_u32(build, code);
	put_u32(build, origin ? build->n_origins++ : UINT32_MAX);
	put_u32(build, 0);
	if (!origin)
		return;
	CHECK(build->origins_size + length + 5 <= sizeof(build->origins));
	memcpy(build->origins + build->origins_size, &length, 4);
	memcpy(build->origins + build->origins_size + 4, origin, length + 1);
	build->origins_size += length + 5;
}

void build_number(struct build *build, uint64_t value)
{
	put(build, &value, 8);
}

void build_string(struct build *build, const char *text)
{
	put_u32(build, (uint32_t)strlen(text));
	put(build, text, strlen(text) + 1);
}

void build_numbers(struct build *build, size_t n, const uint64_t *values)
{
	put_u32(build, (uint32_t)n);
	put(build, values, 8 * n);
}

void build_strings(struct build *build, const char *const *list)
{
	uint32_t n = 0, i;

	while (list[n])
		n++;
	put_u32(build, n);
	for (i = 0; i < n; i++)
		build_string(build, list[i]);
}

void build_landlock(struct build *build, const uint64_t *handled, const char *const *paths,
		    const uint64_t *path_numbers, size_t n_ports, const uint64_t *port_numbers)
{
	char origin[64];
	size_t n = 0, i;

	while (paths[n])
		n++;
	build_op(build, OP_LANDLOCK, "test.yaml:10:1 (services.test.sandbox.landlock)");
	for (i = 0; i < 3; i++)
		build_number(build, handled[i]);
	build_strings(build, paths);
	build_numbers(build, 3 * n, path_numbers);
	build_numbers(build, 2 * n_ports, port_numbers);
	put_u32(build, (uint32_t)(n + n_ports));
	for (i = 1; i <= n + n_ports; i++) {
		snprintf(origin, sizeof(origin), "test.yaml:1%zu:3 (rule %zu)", i, i);
		build_string(build, origin);
	}
}

void build_namespaces(struct build *build, uint64_t flags)
{
	const char *const none[] = { NULL };
	char uid_map[64] = "", gid_map[64] = "";

	if (flags & CLONE_NEWUSER) {
		snprintf(uid_map, sizeof(uid_map), "%d %d 1", geteuid(), geteuid());
		snprintf(gid_map, sizeof(gid_map), "%d %d 1", getegid(), getegid());
	}
	build_op(build, OP_NAMESPACES, "test.yaml:3:1 (namespaces)");
	build_number(build, flags);
	build_number(build, flags & CLONE_NEWUSER ? 1 : 0);
	build_number(build, UINT64_MAX);
	build_number(build, UINT64_MAX);
	build_string(build, uid_map);
	build_string(build, gid_map);
	build_strings(build, none);
	build_strings(build, none);
}

void build_network(struct build *build, enum op_code code, const char *origin, uint64_t action,
		   const char *interface, const char *object, const char *extra, uint64_t number)
{
	build_op(build, code, origin);
	build_number(build, action);
	build_string(build, interface);
	build_string(build, object);
	build_string(build, extra);
	build_number(build, number);
}

void build_execve(struct build *build, const char *const *argv)
{
	build_op(build, OP_EXECVE, "test.yaml:1:1 (services.test.command)");
	build_strings(build, (const char *const[]){ argv[0], NULL });
	build_strings(build, argv);
	build_strings(build, (const char *const[]){ "PATH=/usr/bin:/bin", NULL });
}

size_t build_seal(struct build *build)
{
	size_t ops_size = build->size - PLAN_HEADER_BYTES, origins_at = build->size;

	end_op(build);
	put(build, build->origins, build->origins_size);
	memcpy(build->bytes, "OSTLPLAN", 8);
	set_u32(build, 8, 1);
	set_u32(build, 12, build->size);
	set_u32(build, 16, build->flags);
	set_u32(build, 20, build->n_ops);
	set_u32(build, 24, PLAN_HEADER_BYTES);
	set_u32(build, 28, ops_size);
	set_u32(build, 32, build->n_origins);
	set_u32(build, 36, origins_at);
	set_u32(build, 40, build->origins_size);
	set_u32(build, 44, build->n_fds);
	set_u32(build, 52, build->death_signal);
	return build->size;
}

void build_finish(struct build *build, struct plan *ret)
{
	size_t size = build_seal(build);
	const char *why;

	if (plan_decode(build->bytes, size, ret, &why) < 0)
		fprintf(stderr, "plan_decode: %s\n", why);
	CHECK_TEXT(why, "");
}
