/*
 * with_descriptors COUNT FILE PROGRAM ARG…: opens FILE COUNT times, to be inherited, and becomes the
 * program.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc < 4)
		return 2;
	for (int i = atoi(argv[1]); i > 0; i--) {
		if (open(argv[2], O_RDONLY) < 0) {
			perror(argv[2]);
			return 1;
		}
	}
	execvp(argv[3], argv + 3);
	perror(argv[3]);
	return 1;
}
