#ifdef OSTLER_FAULTS

#include "faults.h"

#include <linux/mount.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

/*
 * The number behind word and a colon in OSTLER_FAULT, and what follows it. False when it says
 * something else.
 */
static bool fault_is(const char *word, uint32_t *ret, const char **ret_rest)
{
	static const char name[] = "OSTLER_FAULT=";
	char **entry = environ;
	const char *at;

	while (*entry && strncmp(*entry, name, sizeof(name) - 1) != 0)
		entry++;
	if (!*entry)
		return false;
	at = *entry + sizeof(name) - 1;
	if (strncmp(at, word, strlen(word)) != 0 || at[strlen(word)] != ':')
		return false;
	*ret = 0;
	for (at += strlen(word) + 1; *at >= '0' && *at <= '9'; at++)
		*ret = *ret * 10 + (uint32_t)(*at - '0');
	*ret_rest = at;
	return true;
}

static void die_at(const struct launch *launch, const char *word)
{
	const char *rest;
	uint32_t op;

	if (!fault_is(word, &op, &rest) || op != launch->refusal.op)
		return;
	(void)sys2(SYS_kill, sys_getpid(), SIGKILL);
	/* process 1 of a pid namespace cannot kill itself: its end is as sudden by this */
	sys_exit(128 + SIGKILL);
}

/* The tree of mounts becomes another than the plan says. */
static void change_mounts(const struct launch *launch)
{
	const char *rest;
	uint32_t op;

	if (fault_is("mount", &op, &rest) && op == launch->refusal.op)
		(void)sys5(SYS_mount, "none", rest + 1, "tmpfs", 0, 0);
	if (fault_is("umount", &op, &rest) && op == launch->refusal.op)
		(void)sys2(SYS_umount2, rest + 1, MNT_DETACH);
	if (fault_is("writable", &op, &rest) && op == launch->refusal.op) {
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
	uint32_t op;

	if (!fault_is("stop", &op, &rest) || op != launch->refusal.op)
		return;
	(void)sys_write(launch->message_fd >= 0 ? launch->message_fd : 2, said, sizeof(said) - 1);
	while (sys4(SYS_rt_sigtimedwait, &go_on, 0, 0, 8) != SIGCONT)
		;
}

int fault_before(struct launch *launch)
{
	const char *rest;
	uint32_t op, error = 0;

	die_at(launch, "before");
	change_mounts(launch);
	stop_at(launch);
	if (!fault_is("errno", &op, &rest) || op != launch->refusal.op || *rest != ':')
		return 0;
	for (rest++; *rest >= '0' && *rest <= '9'; rest++)
		error = error * 10 + (uint32_t)(*rest - '0');
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
