/* Tries each way into another process: attach PID. "tried N refused N" when all of them are closed. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static int tried, refused;

static void say(const char *what, long result)
{
	tried++;
	if (result < 0 && (errno == EPERM || errno == EACCES || errno == ESRCH || errno == ENOENT))
		refused++;
	else
		printf("%s: %ld errno=%d\n", what, result, errno);
}

static int open_of(int pid, const char *name, int flags)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	return open(path, flags);
}

int main(int argc, char **argv)
{
	int pid = argc > 1 ? atoi(argv[1]) : 0;
	char bytes[8];
	struct iovec here = { bytes, sizeof(bytes) }, there = { (void *)0x400000, sizeof(bytes) };
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	long r = ptrace(PTRACE_SEIZE, pid, 0, 0);

	say("PTRACE_SEIZE", r);
	if (r < 0)
		say("PTRACE_ATTACH", ptrace(PTRACE_ATTACH, pid, 0, 0));
	say("process_vm_readv", process_vm_readv(pid, &here, 1, &there, 1, 0));
	if (pidfd < 0)
		say("pidfd_open", pidfd);
	else
		say("pidfd_getfd", syscall(SYS_pidfd_getfd, pidfd, 0, 0));
	say("mem", open_of(pid, "mem", O_RDWR));
	say("fd/0", open_of(pid, "fd/0", O_RDWR));
	printf("tried %d refused %d\n", tried, refused);
	return 0;
}
