/* Says in a file that it ran. Static: the loader of the C library would read the time stamp counter. */
#include <fcntl.h>
#include <unistd.h>

int main(void)
{
	int fd = open("out/ran", O_WRONLY | O_CREAT, 0644);

	return fd < 0 || write(fd, "ran\n", 4) != 4;
}
