/* P1, P2, P3, P8, P39: what a program is born with. */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FIRST = 3, MAX_DESCRIPTORS = 65536, TIOCL_PASTE = 3 };

/* Asked one by one, since /proc may be missing. */
static long descriptors(void)
{
	int inherited = 0;

	for (int fd = FIRST; fd < MAX_DESCRIPTORS; fd++)
		inherited += fcntl(fd, F_GETFD) >= 0;
	return inherited ? say("0,1,2 and %d more", inherited) : say("0,1,2");
}

static long directories(void)
{
	struct stat status;
	int fd;

	for (fd = 0; fd < MAX_DESCRIPTORS; fd++)
		if (fstat(fd, &status) == 0 && S_ISDIR(status.st_mode))
			return fchdir(fd) < 0 ? -1 : say("fchdir to %d", fd);
	return say("none");
}

static long type_into_terminal(unsigned long high_bits)
{
	long r = 0;

	for (int fd = 0; fd < FIRST; fd++) {
		for (const char *c = "id\n"; *c; c++)
			r = syscall(SYS_ioctl, fd, TIOCSTI | high_bits, c);
		if (r == 0)
			return say("typed on %d", fd);
		if (errno != ENOTTY)
			return r;
	}
	return r;
}

static long tiocsti(void) { return type_into_terminal(0); }
static long tiocsti_high(void) { return type_into_terminal(0x7777777700000000UL); }

static long tioclinux(void)
{
	char paste = TIOCL_PASTE;
	long r = -1;

	for (int fd = 0; fd < FIRST && r < 0; fd++)
		r = ioctl(fd, TIOCLINUX, &paste);
	return r;
}

static long controlling_terminal(void)
{
	return open("/dev/tty", O_RDWR);
}

static long environment(void)
{
	static const char *const not_meant[] = { "LD_PRELOAD", "LD_LIBRARY_PATH", "GLIBC_TUNABLES",
						 "SECRET_OF_CALLER" };
	char text[256] = "";

	for (size_t i = 0; i < sizeof(not_meant) / sizeof(not_meant[0]); i++)
		if (getenv(not_meant[i])) {
			(void)strcat(text, *text ? ", " : "");
			(void)strcat(text, not_meant[i]);
		}
	return say("%s", *text ? text : "none");
}

const struct probe descriptor_probes[] = {
	{ "P1.descriptors", descriptors, NULL },
	{ "P2.tiocsti", tiocsti, NULL },
	{ "C5.tiocsti_high_bits", tiocsti_high, NULL },
	{ "P2.controlling_terminal", controlling_terminal, NULL },
	{ "P3.tioclinux", tioclinux, NULL },
	{ "P8.directories", directories, NULL },
	{ "P39.callers_variables", environment, NULL },
	{ NULL, NULL, NULL },
};
