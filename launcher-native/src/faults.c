#ifdef OSTLER_FAULTS

#include "faults.h"

#include <linux/mount.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

/* What follows begin in the environment, or NULL. */
static const char *variable(const char *begin)
{
	char **entry = environ;

	while (*entry && strncmp(*entry, begin, strlen(begin)) != 0)
		entry++;
	return *entry ? *entry + strlen(begin) : NULL;
}

static const char *number(const char *at, uint32_t *ret)
{
	for (*ret = 0; *at >= '0' && *at <= '9'; at++)
		*ret = *ret * 10 + (uint32_t)(*at - '0');
	return at;
}

/* Whether op number N of this plan is what word, a colon and N in OSTLER_FAULT name. */
static bool fault_is(const struct launch *launch, const char *word, const char **ret_rest)
{
	const char *at = variable("OSTLER_FAULT="), *plans = variable("OSTLER_FAULT_OP=");
	uint32_t n;

	if (!at || strncmp(at, word, strlen(word)) != 0 || at[strlen(word)] != ':')
		return false;
	*ret_rest = number(at + strlen(word) + 1, &n);
	if (n != launch->refusal.op)
		return false;
	if (!plans)
		return true;
	(void)number(plans, &n);
	return plan_has_op(&launch->plan, n);
}

static void die_at(const struct launch *launch, const char *word)
{
	const char *rest;

	if (!fault_is(launch, word, &rest))
		return;
	(void)sys2(SYS_kill, sys_getpid(), SIGKILL);
	/* process 1 of a pid namespace cannot kill itself: its end is as sudden by this */
	sys_exit(128 + SIGKILL);
}

/* The tree of mounts becomes another than the plan says. */
static void change_mounts(const struct launch *launch)
{
	const char *rest;

	if (fault_is(launch, "mount", &rest))
		(void)sys5(SYS_mount, "none", rest + 1, "tmpfs", 0, 0);
	if (fault_is(launch, "umount", &rest))
		(void)sys2(SYS_umount2, rest + 1, MNT_DETACH);
	if (fault_is(launch, "writable", &rest)) {
		struct mount_attr none = { .attr_clr = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
						       MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC };

		(void)sys5(SYS_mount_setattr, AT_FDCWD, rest + 1, 0, &none, sizeof(none));
	}
}

/* SIGSTOP would be nothing to process 1 of a pid namespace; all signals are blocked here. */
static void stop_at(const struct launch *launch)
{
	static const char said[] = "stopped\n";
	const uint64_t go_on = 1ULL << (SIGCONT - 1);
	const char *rest;

	if (!fault_is(launch, "stop", &rest))
		return;
	(void)sys_write(launch->message_fd >= 0 ? launch->message_fd : 2, said, sizeof(said) - 1);
	while (sys4(SYS_rt_sigtimedwait, &go_on, 0, 0, 8) != SIGCONT)
		;
}

int fault_before(struct launch *launch)
{
	const char *rest;
	uint32_t error;

	die_at(launch, "before");
	change_mounts(launch);
	stop_at(launch);
	if (!fault_is(launch, "errno", &rest) || *rest != ':')
		return 0;
	(void)number(rest + 1, &error);
	return refuse_named(launch, -1, "fault", -(long)error, "OSTLER_FAULT");
}

int fault_after(struct launch *launch)
{
	die_at(launch, "after");
	return 0;
}

#else
typedef int faults_are_not_built; /* a translation unit must declare something */
#endif
