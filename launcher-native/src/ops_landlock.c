/* Landlock: files, TCP ports and scopes the process is kept to. landlock(7). */
#include "ops.h"

#include <sys/stat.h>

/* Of linux/landlock.h, whose older versions lack the later ones. */
enum { RULE_PATH_BENEATH = 1, RULE_NET_PORT = 2 };

struct ruleset_attr {
	uint64_t handled_access_fs, handled_access_net, scoped;
};

struct path_beneath_attr {
	uint64_t allowed_access;
	int32_t parent_fd;
} __attribute__((packed));

struct net_port_attr {
	uint64_t allowed_access, port;
};

enum { PATH_NUMBERS = 3, PORT_NUMBERS = 2, RULE_OPTIONAL = 1 };

/* The arguments, a cursor each; rules are counted from 1, those of paths first. */
struct landlock {
	struct ruleset_attr handled;
	uint32_t n_paths, n_path_numbers, n_port_numbers, n_origins;
	struct args paths, path_numbers, port_numbers, origins;
};

static void skip_strings(struct args *args, uint32_t count)
{
	while (count-- > 0)
		(void)arg_string(args);
}

static void landlock_read(struct args args, struct landlock *ret)
{
	ret->handled.handled_access_fs = arg_u64(&args);
	ret->handled.handled_access_net = arg_u64(&args);
	ret->handled.scoped = arg_u64(&args);
	ret->n_paths = arg_count(&args);
	ret->paths = args;
	skip_strings(&args, ret->n_paths);
	ret->n_path_numbers = arg_count(&args);
	ret->path_numbers = args;
	args.at += (size_t)ret->n_path_numbers * 8;
	ret->n_port_numbers = arg_count(&args);
	ret->port_numbers = args;
	args.at += (size_t)ret->n_port_numbers * 8;
	ret->n_origins = arg_count(&args);
	ret->origins = args;
}

/* A rule that allows nothing is ENOMSG to the kernel, and one beyond what is handled EINVAL. */
static bool allows_within(uint64_t access, uint64_t handled)
{
	return access != 0 && (access & ~handled) == 0;
}

const char *check_landlock(struct args args)
{
	struct landlock ruleset;
	uint32_t i;

	landlock_read(args, &ruleset);
	if ((ruleset.handled.handled_access_fs | ruleset.handled.handled_access_net |
	     ruleset.handled.scoped) == 0)
		return "LANDLOCK handles nothing";
	if (ruleset.n_path_numbers != (uint64_t)ruleset.n_paths * PATH_NUMBERS ||
	    ruleset.n_port_numbers % PORT_NUMBERS != 0 ||
	    ruleset.n_origins != ruleset.n_paths + ruleset.n_port_numbers / PORT_NUMBERS)
		return "LANDLOCK has lists that do not belong together";
	for (i = 0; i < ruleset.n_paths; i++) {
		uint64_t directory = arg_u64(&ruleset.path_numbers);
		uint64_t other = arg_u64(&ruleset.path_numbers);
		uint64_t flags = arg_u64(&ruleset.path_numbers);

		if (arg_string(&ruleset.paths)[0] != '/')
			return "LANDLOCK has a path that is not absolute";
		if (!allows_within(directory, ruleset.handled.handled_access_fs) ||
		    !allows_within(other, ruleset.handled.handled_access_fs) ||
		    flags > RULE_OPTIONAL)
			return "LANDLOCK has a rule that cannot be";
	}
	for (i = 0; i < ruleset.n_port_numbers; i += PORT_NUMBERS) {
		uint64_t port = arg_u64(&ruleset.port_numbers);

		if (port > UINT16_MAX || !allows_within(arg_u64(&ruleset.port_numbers),
							ruleset.handled.handled_access_net))
			return "LANDLOCK has a rule that cannot be";
	}
	return NULL;
}

const char *landlock_rule_origin(struct args args, uint32_t rule)
{
	struct landlock ruleset;

	landlock_read(args, &ruleset);
	if (rule < 1 || rule > ruleset.n_origins)
		return NULL;
	skip_strings(&ruleset.origins, rule - 1);
	return arg_string(&ruleset.origins);
}

static int add_path(struct launch *launch, int ruleset_fd, const char *path, struct args *numbers)
{
	uint64_t directory = arg_u64(numbers), other = arg_u64(numbers), flags = arg_u64(numbers);
	struct path_beneath_attr rule = { 0 };
	int fd = sys_openat(AT_FDCWD, path, O_PATH | O_CLOEXEC);
	struct stat file;
	long r;

	/* what cannot be reached without the rule cannot be reached with it either */
	if ((fd == -ENOENT || fd == -ENOTDIR || fd == -EACCES) && (flags & RULE_OPTIONAL))
		return 0;
	if (fd < 0)
		return refuse_named(launch, SYS_openat, "openat", fd, path);
	r = sys2(SYS_fstat, fd, &file);
	if (r < 0) {
		(void)sys_close(fd);
		return refuse_named(launch, SYS_fstat, "fstat", r, path);
	}
	rule.allowed_access = S_ISDIR(file.st_mode) ? directory : other;
	rule.parent_fd = fd;
	r = sys4(SYS_landlock_add_rule, ruleset_fd, RULE_PATH_BENEATH, &rule, 0);
	(void)sys_close(fd);
	if (r < 0)
		return refuse_named(launch, SYS_landlock_add_rule, "landlock_add_rule", r, path);
	return 0;
}

static int add_port(struct launch *launch, int ruleset_fd, struct args *numbers)
{
	struct net_port_attr rule = { .port = arg_u64(numbers) };
	long r;

	rule.allowed_access = arg_u64(numbers);
	r = sys4(SYS_landlock_add_rule, ruleset_fd, RULE_NET_PORT, &rule, 0);
	if (r < 0)
		return refuse_number(launch, SYS_landlock_add_rule, "landlock_add_rule", r, "port",
				     rule.port);
	return 0;
}

static int add_rules(struct launch *launch, int ruleset_fd, struct landlock *ruleset)
{
	uint32_t i, n_ports = ruleset->n_port_numbers / PORT_NUMBERS;
	int r = 0;

	for (i = 0; i < ruleset->n_paths + n_ports && r >= 0; i++) {
		launch->refusal.sub = i + 1;
		if (i < ruleset->n_paths)
			r = add_path(launch, ruleset_fd, arg_string(&ruleset->paths),
				     &ruleset->path_numbers);
		else
			r = add_port(launch, ruleset_fd, &ruleset->port_numbers);
	}
	if (r >= 0)
		launch->refusal.sub = 0;
	return r;
}

int op_LANDLOCK(struct launch *launch, struct args *args)
{
	struct landlock ruleset;
	long fd, r;

	landlock_read(*args, &ruleset);
	fd = sys3(SYS_landlock_create_ruleset, &ruleset.handled, sizeof(ruleset.handled), 0);
	if (fd < 0)
		return refuse_named(launch, SYS_landlock_create_ruleset,
				    "landlock_create_ruleset", fd, "");
	r = add_rules(launch, (int)fd, &ruleset);
	if (r < 0) {
		(void)sys_close((int)fd);
		return (int)r;
	}
	r = sys2(SYS_landlock_restrict_self, fd, 0);
	(void)sys_close((int)fd);
	/* LANDLOCK_MAX_NUM_LAYERS of the kernel; the text of E2BIG speaks of arguments */
	if (r < 0)
		return refuse_named(launch, SYS_landlock_restrict_self, "landlock_restrict_self", r,
				    r == -E2BIG ? "more than 16 layers" : "");
	return 0;
}
