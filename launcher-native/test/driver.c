/* The roles exec and init alone, for the tests: built with the sanitizers. */
#include "../src/roles.h"

#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "exec") == 0)
		return role_exec(argc - 1, argv + 1, environ);
	if (argc > 1 && strcmp(argv[1], "init") == 0)
		return role_init(argc - 1, argv + 1, environ);
	return EXIT_USAGE;
}
