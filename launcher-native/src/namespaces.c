/* The parent's side of a launch into namespaces: id maps, by writing or by a helper, release. */
#include "namespaces.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

enum { ARGUMENT_BYTES = 24, HELPER_ARGUMENTS = 1022 };

static void skip_list(struct args *args)
{
	uint32_t count = arg_count(args);

	while (count-- > 0)
		(void)arg_string(args);
}

bool namespaces_of(const struct plan *plan, struct namespaces *ret)
{
	struct plan_op op;

	(void)plan_next_op(plan->ops, &op);
	if (op.code != OP_NAMESPACES)
		return false;
	ret->flags = arg_u64(&op.args);
	ret->deny_setgroups = arg_u64(&op.args);
	ret->uid = arg_u64(&op.args);
	ret->gid = arg_u64(&op.args);
	ret->uid_map = arg_string(&op.args);
	ret->gid_map = arg_string(&op.args);
	ret->uid_helper = op.args;
	skip_list(&op.args);
	ret->gid_helper = op.args;
	return true;
}

/*
 * setns of a pid namespace moves only children; so the parent has to do it. A user namespace comes
 * before it, as what the clone makes belongs to the user namespace of that moment.
 */
static int join_before_clone(struct launch *launch)
{
	const uint8_t *at = launch->plan.ops;
	struct plan_op op;
	uint32_t i;
	int r = 0;

	for (i = 0; i < launch->plan.n_ops && r >= 0; i++) {
		at = plan_next_op(at, &op);
		launch->refusal.op = i;
		if (op.code == OP_JOIN)
			r = join_namespace(launch, &op.args, true);
		else if (op.code == OP_JOIN_PROCESS)
			r = join_process(launch, &op.args, true);
	}
	return r;
}

int namespaces_prepare(struct launch *launch, const struct namespaces *namespaces)
{
	int ends[2];
	int r = idmaps_prepare(launch);

	if (r >= 0)
		r = join_before_clone(launch);
	if (r < 0)
		return r;
	launch->refusal.op = 0;
	launch->namespace_flags = namespaces->flags;
	r = (int)sys2(SYS_pipe2, ends, O_CLOEXEC);
	if (r < 0)
		return refuse_named(launch, SYS_pipe2, "pipe2", r, "");
	launch->release_fd = ends[0];
	launch->releasing_fd = ends[1];
	return 0;
}

int process_open(struct launch *launch, pid_t pid)
{
	char path[32];
	struct text text = { path, sizeof(path) - 1 };
	int fd;

	text_add(&text, "/proc/");
	text_add_number(&text, (uint64_t)pid);
	fd = sys_openat(AT_FDCWD, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? refuse_named(launch, SYS_openat, "openat", fd, path) : fd;
}

int process_write(struct launch *launch, int process, const char *name, const char *text)
{
	int fd = sys_openat(process, name, O_WRONLY | O_CLOEXEC);
	long r = fd < 0 ? fd : sys_write(fd, text, strlen(text));

	if (fd >= 0)
		(void)sys_close(fd);
	return r < 0 ? refuse_named(launch, SYS_write, name, r, text) : 0;
}

/* newuidmap PID INSIDE OUTSIDE COUNT...: its own message goes to our standard error. */
static int run_helper(struct launch *launch, struct args helper, pid_t pid, const char *name)
{
	const char *argv[HELPER_ARGUMENTS + 2];
	uint32_t n = arg_count(&helper), i;
	char number[ARGUMENT_BYTES];
	struct text text = { number, sizeof(number) - 1 };
	const char *program = arg_string(&helper), *const envp[] = { NULL };
	int child, status = 0;
	long r;

	text_add_number(&text, (uint64_t)pid);
	argv[0] = program;
	argv[1] = number;
	for (i = 1; i < n && i < HELPER_ARGUMENTS; i++)
		argv[i + 1] = arg_string(&helper);
	argv[i + 1] = NULL;
	child = (int)sys5(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (child == 0) {
		(void)sys_sigmask(0);
		(void)sys3(SYS_execve, program, argv, envp);
		sys_exit(127);
	}
	if (child < 0)
		return refuse_named(launch, SYS_clone, "clone", child, program);
	do
		r = sys4(SYS_wait4, child, &status, 0, 0);
	while (r == -EINTR);
	if (r < 0)
		return refuse_named(launch, SYS_wait4, "wait4", r, program);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return refuse_named(launch, SYS_execve, "execve", -ENOENT, program);
	return status != 0 ? refuse_named(launch, -1, name, -EPERM, program) : 0;
}

static int write_map(struct launch *launch, int process, pid_t pid, const char *name,
		     const char *map, struct args helper)
{
	struct args peek = helper;

	if (arg_count(&peek) > 0)
		return run_helper(launch, helper, pid, name);
	return map[0] ? process_write(launch, process, name, map) : 0;
}

/* setgroups first: the kernel refuses a gid map without it to who has no rights outside. */
static int write_maps(struct launch *launch, const struct namespaces *namespaces, pid_t pid)
{
	int process = process_open(launch, pid), r = 0;

	if (process < 0)
		return process;
	if (namespaces->deny_setgroups)
		r = process_write(launch, process, "setgroups", "deny");
	if (r >= 0)
		r = write_map(launch, process, pid, "gid_map", namespaces->gid_map,
			      namespaces->gid_helper);
	if (r >= 0)
		r = write_map(launch, process, pid, "uid_map", namespaces->uid_map,
			      namespaces->uid_helper);
	(void)sys_close(process);
	return r;
}

int namespaces_release(struct launch *launch, const struct namespaces *namespaces, pid_t pid)
{
	int r = 0;

	(void)sys_close(launch->release_fd);
	idmaps_close(launch);
	if (namespaces->flags & CLONE_NEWUSER)
		r = write_maps(launch, namespaces, pid);
	if (r >= 0)
		r = launch_run_for_child(launch, pid);
	if (r >= 0)
		(void)sys_write(launch->releasing_fd, "", 1);
	(void)sys_close(launch->releasing_fd);
	launch->release_fd = launch->releasing_fd = -1;
	if (r < 0) {
		(void)sys2(SYS_kill, pid, SIGKILL);
		(void)sys4(SYS_wait4, pid, 0, 0, 0);
		network_remove(launch->host_link);
	}
	return r;
}
