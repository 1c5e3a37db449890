/* Mounts whose ids are mapped, mount_setattr(2): made outside, as the payload has no right to. */
#include "namespaces.h"

#include <linux/mount.h>
#include <linux/openat2.h>
#include <signal.h>
#include <sys/prctl.h>

/* A user namespace lives as long as something refers to it: this process, until we have. */
static int clone_holder(void)
{
	int pid = (int)sys5(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);

	if (pid != 0)
		return pid;
	(void)sys_prctl(PR_SET_PDEATHSIG, SIGKILL, 0);
	for (;;)
		(void)sys5(SYS_ppoll, 0, 0, 0, 0, 0);
}

/* A descriptor of a user namespace with these maps, or what refuse() returned. */
static int make_user_namespace(struct launch *launch, const char *uid_map, const char *gid_map)
{
	int pid = clone_holder(), process, fd = -1, r;

	if (pid < 0)
		return refuse_named(launch, SYS_clone, "clone", pid, "a user namespace");
	r = process = process_open(launch, pid);
	if (r >= 0)
		r = process_write(launch, process, "uid_map", uid_map);
	if (r >= 0)
		r = process_write(launch, process, "gid_map", gid_map);
	if (r >= 0) {
		r = fd = sys_openat(process, "ns/user", O_RDONLY | O_CLOEXEC);
		if (r < 0)
			(void)refuse_named(launch, SYS_openat, "openat", r, "ns/user");
	}
	if (process >= 0)
		(void)sys_close(process);
	(void)sys2(SYS_kill, pid, SIGKILL);
	(void)sys4(SYS_wait4, pid, 0, 0, 0);
	return r < 0 ? r : fd;
}

static int set_map(struct launch *launch, int tree, const char *source, uint64_t flags,
		   int user_namespace)
{
	struct mount_attr attributes = {
		.attr_set = (flags & BIND_ATTRIBUTES) | MOUNT_ATTR_IDMAP,
		.userns_fd = (uint64_t)user_namespace,
	};
	unsigned how = AT_EMPTY_PATH | (flags & BIND_RECURSIVE ? AT_RECURSIVE : 0);
	long r = sys5(SYS_mount_setattr, tree, "", how, &attributes, sizeof(attributes));

	return r < 0 ? refuse_named(launch, SYS_mount_setattr, "idmap", r, source) : 0;
}

static int open_source(const char *path)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_NO_MAGICLINKS };

	return (int)sys4(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
}

/* A detached mount; -ENOENT without a refusal when it may be missing. */
static int make_mapped(struct launch *launch, struct args args)
{
	const char *source = arg_string(&args);
	uint64_t flags;
	const char *uid_map;
	int tree, user_namespace, r, from = open_source(source);

	(void)arg_string(&args);
	flags = arg_u64(&args);
	uid_map = arg_string(&args);
	if (from == -ENOENT && (flags & BIND_OPTIONAL))
		return from;
	if (from < 0)
		return refuse_named(launch, SYS_openat2, "open", from, source);
	tree = (int)sys3(SYS_open_tree, from, "",
			 OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH |
				 (flags & BIND_RECURSIVE ? AT_RECURSIVE : 0));
	(void)sys_close(from);
	if (tree < 0)
		return refuse_named(launch, SYS_open_tree, "open_tree", tree, source);
	user_namespace = make_user_namespace(launch, uid_map, arg_string(&args));
	r = user_namespace < 0 ? user_namespace
			       : set_map(launch, tree, source, flags, user_namespace);
	if (user_namespace >= 0)
		(void)sys_close(user_namespace);
	if (r >= 0)
		return tree;
	(void)sys_close(tree);
	return r;
}

static bool bind_is_mapped(struct args args)
{
	(void)arg_string(&args);
	(void)arg_string(&args);
	(void)arg_u64(&args);
	return *arg_string(&args);
}

int idmaps_prepare(struct launch *launch)
{
	const uint8_t *at = launch->plan.ops;
	struct plan_op op;
	uint32_t i;
	int r;

	for (i = 0; i < launch->plan.n_ops; i++) {
		at = plan_next_op(at, &op);
		if (op.code != OP_BIND || !bind_is_mapped(op.args))
			continue;
		launch->refusal.op = i;
		if (launch->n_idmapped == MAX_IDMAPPED)
			return refuse_number(launch, -1, "plan", -E2BIG, "idmapped mounts above",
					     MAX_IDMAPPED);
		r = make_mapped(launch, op.args);
		if (r < 0 && launch->refusal.error != 0)
			return r;
		launch->idmapped[launch->n_idmapped++] = r;
	}
	return 0;
}

void idmaps_close(struct launch *launch)
{
	while (launch->n_idmapped > 0)
		if (launch->idmapped[--launch->n_idmapped] >= 0)
			(void)sys_close(launch->idmapped[launch->n_idmapped]);
}
