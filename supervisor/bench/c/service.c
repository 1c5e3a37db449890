/*
 * The measured service. No libc start-up, so that its first instruction is nearly the first one after
 * execve: it reads CLOCK_MONOTONIC, writes "PID NANOSECONDS\n" to the fifo that its first argument names,
 * and then waits for signals for ever.
 */
#include "sys.h"

#include <time.h>

enum { FIRST_ARGUMENT = 2, NANOSECONDS = 1000000000, ROOM = 64 };

struct moment {
	long seconds, nanoseconds;
};

static char *decimal(char *end, unsigned long value)
{
	do
		*--end = (char)('0' + value % 10);
	while (value /= 10);
	return end;
}

/* stack: argc, then the arguments. */
__attribute__((used, noreturn)) void service(char **stack)
{
	struct moment now;
	char text[ROOM], *end = text + ROOM, *start = end;
	int fd;

	(void)sys2(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
	*--start = '\n';
	start = decimal(start, (unsigned long)now.seconds * NANOSECONDS + (unsigned long)now.nanoseconds);
	*--start = ' ';
	start = decimal(start, (unsigned long)sys0(SYS_getpid));
	if ((long)stack[0] >= FIRST_ARGUMENT) {
		fd = sys_openat(AT_FDCWD, stack[FIRST_ARGUMENT], O_WRONLY);
		(void)sys3(SYS_write, fd, start, end - start);
		(void)sys_close(fd);
	}
	for (;;)
		(void)sys5(SYS_ppoll, 0, 0, 0, 0, 0);
}

#if defined(__x86_64__)
__asm__(".globl _start\n_start:\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall service\n");
#elif defined(__aarch64__)
__asm__(".globl _start\n_start:\n\tmov x0, sp\n\tbl service\n");
#endif
