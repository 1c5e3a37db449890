/* Tries to type "id\n" into every terminal it can reach, and to use the console's clipboard; tells each errno. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void try_all(const char *name, int fd)
{
	static const char text[] = "id\n", clipboard[] = { 2, 3 };
	int typed = 0, error = 0;

	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		if (ioctl(fd, TIOCSTI, &text[i]) == 0)
			typed++;
		else
			error = errno;
	}
	printf("%s typed=%d errno=%d\n", name, typed, error);
	for (size_t i = 0; i < sizeof(clipboard); i++)
		printf("%s clipboard=%s\n", name, ioctl(fd, TIOCLINUX, &clipboard[i]) == 0 ? "used" : "refused");
}

int main(void)
{
	int tty = open("/dev/tty", O_RDWR), error = errno;

	try_all("0", 0);
	try_all("1", 1);
	try_all("2", 2);
	if (tty >= 0)
		try_all("/dev/tty", tty);
	else
		printf("/dev/tty errno=%d\n", error);
	printf("end\n");
	return 0;
}
