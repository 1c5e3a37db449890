/* The child's side of namespaces: release, joining, and what they hold but mounts. */
#include "namespaces.h"

#include <linux/openat2.h>
#include <linux/securebits.h>
#include <net/if.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>

enum {
	PROC_SUPER_MAGIC = 0x9fa0,
	STATFS_WORDS = 15, /* struct statfs: 120 bytes on both architectures, f_type first */
};

/*
 * Where the map knows root of outside, leaving it for another id would empty the capability sets
 * that the ops to come need; a new user namespace begins with no securebits.
 */
static int take_user(struct launch *launch, uint64_t uid)
{
	long r = sys_prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0);

	if (r >= 0) {
		r = sys3(SYS_setresuid, uid, uid, uid);
		if (r < 0)
			return refuse_number(launch, SYS_setresuid, "setresuid", r, "uid", uid);
		r = sys_prctl(PR_SET_SECUREBITS, 0, 0);
	}
	return r < 0 ? refuse_named(launch, SYS_prctl, "PR_SET_SECUREBITS", r, "") : 0;
}

/*
 * In the new namespaces already: wait until the parent has written the maps. Until the death
 * signal of the plan is armed, the parent's death ends this launch.
 */
int op_NAMESPACES(struct launch *launch, struct args *args)
{
	struct namespaces namespaces;
	char released;
	long r;

	(void)args;
	(void)namespaces_of(&launch->plan, &namespaces);
	(void)sys_prctl(PR_SET_PDEATHSIG, SIGKILL, 0);
	if (sys_read(launch->release_fd, &released, 1) != 1)
		sys_exit(127); /* the parent has said why, or has died */
	(void)sys_close(launch->release_fd);
	launch->parent = sys_getppid(); /* 0 when it is outside of this pid namespace */
	if (namespaces.gid != UINT64_MAX) {
		if (!namespaces.deny_setgroups) {
			r = sys2(SYS_setgroups, 0, 0);
			if (r < 0)
				return refuse_named(launch, SYS_setgroups, "setgroups", r, "none");
		}
		r = sys3(SYS_setresgid, namespaces.gid, namespaces.gid, namespaces.gid);
		if (r < 0)
			return refuse_number(launch, SYS_setresgid, "setresgid", r, "gid",
					     namespaces.gid);
	}
	r = namespaces.uid != UINT64_MAX ? take_user(launch, namespaces.uid) : 0;
	if (r < 0)
		return (int)r;
	(void)sys_prctl(PR_SET_DUMPABLE, 0, 0); /* it had to be, for its maps to be writable */
	(void)sys_prctl(PR_SET_PDEATHSIG, SIGKILL, 0); /* the id change cleared it */
	return 0;
}

int join_namespace(struct launch *launch, struct args *args, bool before_clone)
{
	const char *path = arg_string(args);
	uint64_t type = arg_u64(args);
	int fd;
	long r;

	if ((type == CLONE_NEWPID || type == CLONE_NEWUSER) != before_clone)
		return 0;
	fd = sys_openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return refuse_named(launch, SYS_openat, "openat", fd, path);
	r = sys2(SYS_setns, fd, type);
	(void)sys_close(fd);
	return r < 0 ? refuse_named(launch, SYS_setns, "setns", r, path) : 0;
}

int op_JOIN(struct launch *launch, struct args *args)
{
	return join_namespace(launch, args, false);
}

/*
 * Before FDS moves descriptors. The rights to join the others are those inside of its user
 * namespace.
 */
int join_process(struct launch *launch, struct args *args, bool before_clone)
{
	const uint64_t by_parent = CLONE_NEWPID | CLONE_NEWUSER;
	uint64_t passed = arg_u64(args), flags = arg_u64(args);
	const char *name = arg_string(args);
	long r;

	flags &= before_clone ? by_parent : ~by_parent;
	r = flags != 0 ? sys2(SYS_setns, launch->fds[passed], flags) : 0;
	return r < 0 ? refuse_named(launch, SYS_setns, "setns", r, name) : 0;
}

int op_JOIN_PROCESS(struct launch *launch, struct args *args)
{
	return join_process(launch, args, false);
}

/* Enters with execve, or with the fork of INIT. The offsets must come before that. */
int op_TIME_OFFSETS(struct launch *launch, struct args *args)
{
	static const char *const clocks[] = { "monotonic ", "\nboottime " };
	char line[96];
	struct text text = { line, sizeof(line) - 1 };
	long r = sys1(SYS_unshare, CLONE_NEWTIME);
	int fd, i;

	if (r < 0)
		return refuse_named(launch, SYS_unshare, "unshare", r, "CLONE_NEWTIME");
	for (i = 0; i < 2; i++) {
		text_add(&text, clocks[i]);
		text_add_signed(&text, (int64_t)arg_u64(args));
		text_add(&text, " 0");
	}
	text_add(&text, "\n");
	/* a process that is not dumpable does not own its /proc files */
	(void)sys_prctl(PR_SET_DUMPABLE, 1, 0);
	fd = sys_openat(AT_FDCWD, "/proc/self/timens_offsets", O_WRONLY | O_CLOEXEC);
	r = fd < 0 ? fd : sys_write(fd, line, (size_t)(text.at - line));
	(void)sys_prctl(PR_SET_DUMPABLE, 0, 0);
	if (fd >= 0)
		(void)sys_close(fd);
	return r < 0 ? refuse_named(launch, SYS_write, "timens_offsets", r, line) : 0;
}

/* After the cgroup was joined: its root is the cgroup of this moment. */
int op_CGROUP_NAMESPACE(struct launch *launch, struct args *args)
{
	long r = sys1(SYS_unshare, CLONE_NEWCGROUP);

	(void)args;
	return r < 0 ? refuse_named(launch, SYS_unshare, "unshare", r, "CLONE_NEWCGROUP") : 0;
}

int op_HOSTNAME(struct launch *launch, struct args *args)
{
	const char *host = arg_string(args), *domain = arg_string(args);
	long r = host[0] ? sys2(SYS_sethostname, host, strlen(host)) : 0;

	if (r < 0)
		return refuse_named(launch, SYS_sethostname, "sethostname", r, host);
	r = domain[0] ? sys2(SYS_setdomainname, domain, strlen(domain)) : 0;
	return r < 0 ? refuse_named(launch, SYS_setdomainname, "setdomainname", r, domain) : 0;
}

/* The next word of text, and its length; NULL at the end. */
static const char *next_word(const char **text, size_t *ret_length)
{
	const char *word = *text + strspn(*text, " \t\n");

	*ret_length = strcspn(word, " \t\n");
	*text = word + *ret_length;
	return *ret_length > 0 ? word : NULL;
}

static bool is_number(const char *word, size_t length)
{
	size_t sign = word[0] == '-';

	return length > sign && strspn(word + sign, "0123456789") >= length - sign &&
	       (word[sign] != '0' || length == sign + 1);
}

/*
 * Numbers are compared with what was written; other texts have several spellings, and some files
 * cannot be read. 1 when they differ.
 */
static int read_back(int proc, const char *path, const char *value)
{
	struct open_how how = {
		.flags = O_RDONLY | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS,
	};
	char now[512];
	const char *actual = now, *word, *is;
	size_t length, is_length;
	int fd = (int)sys4(SYS_openat2, proc, path, &how, sizeof(how));
	long n = fd < 0 ? fd : sys_read(fd, now, sizeof(now) - 1);

	if (fd >= 0)
		(void)sys_close(fd);
	if (fd == -EACCES || fd == -EPERM)
		return 0;
	if (n < 0)
		return (int)n;
	now[n] = 0;
	while ((word = next_word(&value, &length)) != NULL) {
		is = next_word(&actual, &is_length);
		if (is_number(word, length) &&
		    (!is || is_length != length || memcmp(is, word, length) != 0))
			return 1;
	}
	return 0;
}

/*
 * path: below /proc/sys. Only a real procfs will do, and nothing on the way may lead elsewhere:
 * an image could hold a file of that name.
 */
int op_SYSCTL(struct launch *launch, struct args *args)
{
	const char *path = arg_string(args), *value = arg_string(args);
	struct open_how how = {
		.flags = O_WRONLY | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS,
	};
	uint64_t statfs[STATFS_WORDS];
	int proc = sys_openat(AT_FDCWD, "/proc/sys", O_PATH | O_DIRECTORY | O_CLOEXEC), fd;
	long r;

	if (proc < 0)
		return refuse_named(launch, SYS_openat, "openat", proc, "/proc/sys");
	r = sys2(SYS_fstatfs, proc, statfs);
	if (r >= 0 && statfs[0] != PROC_SUPER_MAGIC)
		r = -EXDEV;
	if (r < 0) {
		(void)sys_close(proc);
		return refuse_named(launch, SYS_fstatfs, "fstatfs", r, "/proc/sys");
	}
	fd = (int)sys4(SYS_openat2, proc, path, &how, sizeof(how));
	r = fd < 0 ? fd : sys_write(fd, value, strlen(value));
	if (fd >= 0)
		(void)sys_close(fd);
	if (r >= 0)
		r = read_back(proc, path, value);
	(void)sys_close(proc);
	if (r > 0)
		return refuse_named(launch, -1, "sysctl", -EPERM, path);
	return r < 0 ? refuse_named(launch, SYS_write, "sysctl", r, path) : 0;
}

int op_LOOPBACK(struct launch *launch, struct args *args)
{
	struct ifreq interface = { .ifr_name = "lo" };
	int fd = (int)sys3(SYS_socket, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	long r;

	(void)args;
	if (fd < 0)
		return refuse_named(launch, SYS_socket, "socket", fd, "AF_INET");
	interface.ifr_flags = IFF_UP | IFF_RUNNING;
	r = sys3(SYS_ioctl, fd, SIOCSIFFLAGS, &interface);
	(void)sys_close(fd);
	return r < 0 ? refuse_named(launch, SYS_ioctl, "SIOCSIFFLAGS", r, "lo") : 0;
}
