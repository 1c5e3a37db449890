/* Signals, session, umask, working directory, death signal, no_new_privs. */
#include "ops.h"

#include <linux/openat2.h>
#include <sys/prctl.h>

int op_SIGNALS(struct launch *launch, struct args *args)
{
	/* struct sigaction of the kernel: handler, flags, restorer, mask */
	const uint64_t to_default[4] = { 0 };
	int signal;
	long r;

	(void)args;
	for (signal = 1; signal <= 64; signal++) {
		r = sys4(SYS_rt_sigaction, signal, to_default, 0, 8);
		if (r < 0 && r != -EINVAL) /* EINVAL: KILL and STOP */
			return refuse_number(launch, SYS_rt_sigaction, "sigaction", r, "signal",
					     (uint64_t)signal);
	}
	return 0;
}

int op_SETSID(struct launch *launch, struct args *args)
{
	long r = sys0(SYS_setsid);

	(void)args;
	if (r == -EPERM && sys1(SYS_getsid, 0) == sys_getpid())
		return 0; /* run in place by a process that leads a session already */
	return r < 0 ? refuse_named(launch, SYS_setsid, "setsid", r, "") : 0;
}

int op_UMASK(struct launch *launch, struct args *args)
{
	(void)launch;
	(void)sys1(SYS_umask, arg_u64(args));
	return 0;
}

int op_CHDIR(struct launch *launch, struct args *args)
{
	const char *path = arg_string(args);
	struct open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_NO_MAGICLINKS,
	};
	int fd = (int)sys4(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
	long r;

	if (fd == -ENOSYS)
		fd = sys_openat(AT_FDCWD, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return refuse_named(launch, SYS_openat2, "chdir", fd, path);
	r = sys1(SYS_fchdir, fd);
	(void)sys_close(fd);
	return r < 0 ? refuse_named(launch, SYS_fchdir, "chdir", r, path) : 0;
}

int op_DEATH_SIGNAL(struct launch *launch, struct args *args)
{
	uint64_t signal = arg_u64(args);
	int r = sys_prctl(PR_SET_PDEATHSIG, signal, 0);

	if (r < 0)
		return refuse_number(launch, SYS_prctl, "PR_SET_PDEATHSIG", r, "signal", signal);
	/* The kernel sends nothing for a parent that is gone already. */
	if (signal != 0 && sys_getppid() != launch->parent)
		return refuse_number(launch, SYS_getppid, "getppid", -ESRCH, "parent",
				     (uint64_t)launch->parent);
	return 0;
}

int op_NO_NEW_PRIVS(struct launch *launch, struct args *args)
{
	int r = sys_prctl(PR_SET_NO_NEW_PRIVS, 1, 0);

	(void)args;
	if (r < 0)
		return refuse_named(launch, SYS_prctl, "PR_SET_NO_NEW_PRIVS", r, "");
	if (sys_prctl(PR_GET_NO_NEW_PRIVS, 0, 0) != 1)
		return refuse_named(launch, -1, "PR_GET_NO_NEW_PRIVS", -EPERM, "");
	return 0;
}
