/* P28, P40: how much a program gets, and Landlock from inside. All amounts are bounded by the arguments. */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MEBIBYTE = 1 << 20, MAX_FORKS = 5000, MAX_LAYERS = 32 };

static long amount(long n, long wanted, const char *what)
{
	return n < wanted ? say("%s after %ld", strerrorname_np(errno), n) : say("all %ld %s", n, what);
}

static long forks(void)
{
	static pid_t children[MAX_FORKS];
	long wanted = given_number("forks"), n = 0;
	int saved;

	for (; n < wanted && n < MAX_FORKS; n++) {
		children[n] = fork();
		if (children[n] < 0)
			break;
		if (children[n] == 0) {
			(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
			for (;;)
				(void)pause();
		}
	}
	saved = errno;
	for (long i = 0; i < n; i++) {
		(void)kill(children[i], SIGKILL);
		(void)waitpid(children[i], NULL, 0);
	}
	errno = saved;
	return amount(n, wanted, "processes");
}

static long files(void)
{
	long wanted = given_number("files"), n = 0;

	while (n < wanted && dup(0) >= 0)
		n++;
	return amount(n, wanted, "descriptors");
}

static long fill(void)
{
	static char block[MEBIBYTE];
	long wanted = given_number("mib"), n = 0;
	char path[512];
	int fd, saved;

	(void)snprintf(path, sizeof(path), "%s/full", given("scratch"));
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0)
		return -1;
	(void)unlink(path);
	while (n < wanted && write(fd, block, sizeof(block)) == (ssize_t)sizeof(block))
		n++;
	saved = errno;
	(void)close(fd);
	errno = saved ? saved : ENOSPC; /* a short write has none */
	return amount(n, wanted, "MiB");
}

static int deny_making_fifos(void)
{
	struct landlock_ruleset_attr attributes = { .handled_access_fs = LANDLOCK_ACCESS_FS_MAKE_FIFO };
	int fd = (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof(attributes), 0);
	long r = fd < 0 ? -1 : syscall(SYS_landlock_restrict_self, fd, 0);

	if (fd >= 0)
		(void)close(fd);
	return (int)r;
}

/* The kernel has room for 16 layers of rules; more must be refused, not forgotten. */
static long layers(void)
{
	int n = 0;

	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	while (n < MAX_LAYERS && deny_making_fifos() == 0)
		n++;
	return say("%s after %d", strerrorname_np(errno), n);
}

const struct probe limit_probes[] = {
	{ "P28.processes", forks, "forks" },
	{ "P28.descriptors", files, "files" },
	{ "P28.fill", fill, "mib" },
	{ "P40.landlock_layers", layers, NULL },
	{ NULL, NULL, NULL },
};
