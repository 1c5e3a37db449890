/* write(2) as on a slow disk: each large one takes its time until there is a file "fast". */
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>

enum { LARGE = 64 * 1024, PAUSE_US = 200000 };

ssize_t write(int fd, const void *bytes, size_t count)
{
	if (count >= LARGE && access("fast", F_OK) < 0)
		(void)usleep(PAUSE_US);
	return syscall(SYS_write, fd, bytes, count);
}
