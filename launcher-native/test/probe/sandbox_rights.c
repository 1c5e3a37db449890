/* P10, P16, P17, P18, C18, C35: who the program is, and who it can become. */
#include "probe.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <linux/securebits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STATUS_BYTES = 8192, THREADS = 3 };

static int read_file(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);

	if (fd >= 0)
		(void)close(fd);
	text[n < 0 ? 0 : n] = '\0';
	return n < 0 ? -1 : 0;
}

/* The value of a line "KEY:\tVALUE" of a status file. */
static void value_of(const char *status, const char *key, char *value, size_t size)
{
	const char *line = strstr(status, key);

	*value = '\0';
	if (line) {
		line += strlen(key);
		line += strspn(line, ":\t ");
		(void)snprintf(value, size, "%.*s", (int)strcspn(line, "\n"), line);
	}
}

static long of_status(const char *key)
{
	char status[STATUS_BYTES], value[256];

	if (read_file("/proc/self/status", status, sizeof(status)) < 0)
		return -1;
	value_of(status, key, value, sizeof(value));
	return say("%s", value);
}

/* Without /proc, which may be missing. */
static uint64_t capability_set(int which)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct sets[2] = { 0 };

	(void)syscall(SYS_capget, &header, sets);
	if (which == 0)
		return (uint64_t)sets[1].effective << 32 | sets[0].effective;
	if (which == 1)
		return (uint64_t)sets[1].permitted << 32 | sets[0].permitted;
	return (uint64_t)sets[1].inheritable << 32 | sets[0].inheritable;
}

static long effective(void) { return say("%016llx", (unsigned long long)capability_set(0)); }
static long permitted(void) { return say("%016llx", (unsigned long long)capability_set(1)); }
static long inheritable(void) { return say("%016llx", (unsigned long long)capability_set(2)); }
static long ambient(void) { return of_status("\nCapAmb"); }
static long bounding(void) { return of_status("\nCapBnd"); }
static long filter_count(void) { return of_status("\nSeccomp_filters"); }
static long no_new_privs(void) { return say("%d", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)); }
static long seccomp_mode(void) { return of_status("\nSeccomp"); }
static long user(void) { return getuid() == 0 ? say("0 inside") : say("not 0"); }

static long groups(void)
{
	gid_t list[256];
	int n = getgroups(256, list), more = 0;

	for (int i = 0; i < n; i++)
		more += list[i] != getgid();
	return n < 0 ? -1 : say("%d supplementary", more);
}

static void *waiting(void *barrier)
{
	(void)pthread_barrier_wait(barrier);
	(void)pause();
	return NULL;
}

static int differs(const char *a, const char *b)
{
	static const char *const keys[] = { "\nUid", "\nGid", "\nGroups", "\nCapInh", "\nCapPrm", "\nCapEff",
					    "\nCapBnd", "\nCapAmb", "\nNoNewPrivs", "\nSeccomp",
					    "\nSeccomp_filters" };
	char of_a[256], of_b[256];

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		value_of(a, keys[i], of_a, sizeof(of_a));
		value_of(b, keys[i], of_b, sizeof(of_b));
		if (strcmp(of_a, of_b) != 0)
			return 1;
	}
	return 0;
}

static long all_threads(void)
{
	char first[STATUS_BYTES], other[STATUS_BYTES], path[300];
	pthread_barrier_t barrier;
	struct dirent *entry;
	pthread_t thread;
	int seen = 0;
	DIR *tasks;

	(void)pthread_barrier_init(&barrier, NULL, THREADS + 1);
	for (int i = 0; i < THREADS; i++)
		if ((errno = pthread_create(&thread, NULL, waiting, &barrier)) != 0)
			return -1;
	(void)pthread_barrier_wait(&barrier);
	tasks = opendir("/proc/self/task");
	if (!tasks || read_file("/proc/self/status", first, sizeof(first)) < 0)
		return -1;
	while ((entry = readdir(tasks)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof(path), "/proc/self/task/%s/status", entry->d_name);
		if (read_file(path, other, sizeof(other)) < 0)
			return -1;
		if (differs(first, other))
			return say("thread %s differs", entry->d_name);
		seen++;
	}
	return say("%d alike", seen);
}

void who_am_i(char *text, unsigned long size)
{
	(void)snprintf(text, size, "uid %d %d, effective capabilities %016llx", getuid(), geteuid(),
		       (unsigned long long)capability_set(0));
}

/* Runs a copy of this program, and compares who it is with who we are. */
static long become(const char *program)
{
	char own[128], its[128];
	int ends[2], status;
	ssize_t n;
	pid_t child;

	if (pipe(ends) < 0 || (child = fork()) < 0)
		return -1;
	if (child == 0) {
		(void)dup2(ends[1], 1);
		(void)execl(program, program, "who", NULL);
		_exit(errno);
	}
	(void)close(ends[1]);
	n = read(ends[0], its, sizeof(its) - 1);
	its[n < 0 ? 0 : n] = '\0';
	(void)waitpid(child, &status, 0);
	if (*its == '\0') {
		errno = WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
		return -1;
	}
	who_am_i(own, sizeof(own));
	return strcmp(own, its) == 0 ? say("no gain") : say("gain: %s", its);
}

static long set_user_id(void) { return become(given("setuid")); }
static long file_capabilities(void) { return become(given("caps")); }

/* In a copy of this program that is in a directory it may write to. */
static long make_set_user_id(void)
{
	char path[512];
	struct stat status;
	int fd, r;

	(void)snprintf(path, sizeof(path), "%s/setuid", given("scratch"));
	fd = open(path, O_WRONLY | O_CREAT, 0700);
	if (fd < 0)
		return -1;
	r = fchmod(fd, 04755);
	if (r == 0 && fstat(fd, &status) == 0 && !(status.st_mode & S_ISUID))
		r = say("taken away");
	(void)unlink(path);
	return r;
}

static long become_root(void)
{
	return getuid() == 0 ? say("is 0 already") : setresuid(0, 0, 0);
}

static long add_group(void)
{
	gid_t root = 0;

	return setgroups(1, &root);
}

static long add_capability(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct sets[2] = { { ~0U, ~0U, 0 }, { 0x1ff, 0x1ff, 0 } };

	return syscall(SYS_capset, &header, sets);
}

static long raise_ambient(void) { return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_RAW, 0, 0); }
static long unlock_bits(void) { return prctl(PR_SET_SECUREBITS, SECBIT_KEEP_CAPS | SECBIT_NO_SETUID_FIXUP, 0, 0, 0); }
static long drop_no_new_privs(void) { return prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0); }

static long clone_with(unsigned long flags)
{
	long r = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);

	if (r == 0)
		_exit(0);
	return r < 0 ? -1 : 0;
}

static long clone3_with(unsigned long flags)
{
	struct clone_args args = { .flags = flags, .exit_signal = SIGCHLD };
	long r = syscall(SYS_clone3, &args, sizeof(args));

	if (r == 0)
		_exit(0);
	return r < 0 ? -1 : 0;
}

static long clone_user(void) { return clone_with(CLONE_NEWUSER); }
static long clone_mount(void) { return clone_with(CLONE_NEWNS); }
static long clone3_user(void) { return clone3_with(CLONE_NEWUSER); }
static long clone3_plain(void) { return clone3_with(0); }
static long unshare_user(void) { return unshare(CLONE_NEWUSER); }
static long set_own(void) { return setns(open("/proc/self/ns/uts", O_RDONLY), 0); }

const struct probe right_probes[] = {
	{ "P10.unshare_user", unshare_user, NULL },
	{ "P10.clone_user", clone_user, NULL },
	{ "P10.clone_mount", clone_mount, NULL },
	{ "P10.clone3_user", clone3_user, NULL },
	{ "P10.setns_own", set_own, NULL },
	{ "C27.clone3", clone3_plain, NULL },
	{ "P16.set_user_id_program", set_user_id, "setuid" },
	{ "P16.file_capabilities", file_capabilities, "caps" },
	{ "C35.make_set_user_id", make_set_user_id, "scratch" },
	{ "P17.setuid_0", become_root, NULL },
	{ "P17.setgroups", add_group, NULL },
	{ "P17.add_capabilities", add_capability, NULL },
	{ "P17.raise_ambient", raise_ambient, NULL },
	{ "P17.securebits", unlock_bits, NULL },
	{ "P17.clear_no_new_privs", drop_no_new_privs, NULL },
	{ "P18.user", user, NULL },
	{ "P18.groups", groups, NULL },
	{ "P18.effective", effective, NULL },
	{ "P18.permitted", permitted, NULL },
	{ "C18.inheritable", inheritable, NULL },
	{ "P18.ambient", ambient, NULL },
	{ "P18.bounding", bounding, NULL },
	{ "P18.no_new_privs", no_new_privs, NULL },
	{ "P18.seccomp_mode", seccomp_mode, NULL },
	{ "P18.seccomp_filters", filter_count, NULL },
	{ "P18.threads", all_threads, NULL },
	{ NULL, NULL, NULL },
};
