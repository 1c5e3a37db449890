/* P27: memory that is written and then executed. */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/sendfile.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SHM_EXEC
#define SHM_EXEC 0100000
#endif

enum { PAGE = 4096, WX = PROT_READ | PROT_WRITE | PROT_EXEC, RX = PROT_READ | PROT_EXEC };

static long is_mapped(const void *memory)
{
	return memory == MAP_FAILED ? -1 : 0;
}

static long mmap_wx(void) { return is_mapped(mmap(NULL, PAGE, WX, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)); }

static void *writable(void)
{
	return mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static long mprotect_x(void) { return mprotect(writable(), PAGE, RX); }
static long pkey_mprotect_x(void) { return syscall(SYS_pkey_mprotect, writable(), PAGE, RX, -1); }

static long memfd_map(void)
{
	int fd = (int)syscall(SYS_memfd_create, "x", 0);

	if (fd < 0 || ftruncate(fd, PAGE) < 0 || is_mapped(mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, fd, 0)) < 0)
		return -1;
	return is_mapped(mmap(NULL, PAGE, RX, MAP_SHARED, fd, 0));
}

/* This program, from where there is no file. */
static long memfd_exec(void)
{
	int self = open("/proc/self/exe", O_RDONLY), fd = (int)syscall(SYS_memfd_create, "x", 0), status = 0;
	struct stat size;
	pid_t child;

	if (self < 0 || fd < 0 || fstat(self, &size) < 0 || sendfile(fd, self, NULL, (size_t)size.st_size) < 0 ||
	    (child = fork()) < 0)
		return -1;
	if (child == 0) {
		char *const who[] = { "x", "nothing=", "-", NULL };

		(void)syscall(SYS_execveat, fd, "", who, who + 3, AT_EMPTY_PATH);
		_exit(errno);
	}
	(void)waitpid(child, &status, 0);
	errno = WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
	return errno ? -1 : 0;
}

static long shmat_x(void)
{
	int id = shmget(IPC_PRIVATE, PAGE, IPC_CREAT | 0700), saved;
	void *memory;

	if (id < 0)
		return -1;
	memory = shmat(id, NULL, SHM_EXEC);
	saved = errno;
	(void)shmctl(id, IPC_RMID, NULL);
	errno = saved;
	return is_mapped(memory);
}

static long read_implies_exec(void) { return personality(READ_IMPLIES_EXEC); }

const struct probe memory_probes[] = {
	{ "P27.mmap_write_exec", mmap_wx, NULL },
	{ "P27.mprotect_exec", mprotect_x, NULL },
	{ "P27.pkey_mprotect_exec", pkey_mprotect_x, NULL },
	{ "P27.memfd_map_exec", memfd_map, NULL },
	{ "P27.memfd_execveat", memfd_exec, NULL },
	{ "P27.shmat_exec", shmat_x, NULL },
	{ "P27.read_implies_exec", read_implies_exec, NULL },
	{ NULL, NULL, NULL },
};
