/*
 * Serves the sockets it was given, as sd_listen_fds(3) describes them: each connection gets the
 * pid, and on which socket it came in. "once": ends after the first one.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *name_of(char *names, int index)
{
	char *name = strtok(names, ":");

	while (index-- > 0)
		name = strtok(NULL, ":");
	return name ? name : "?";
}

int main(int argc, char **argv)
{
	const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");
	struct pollfd sockets[8] = { 0 };
	int i, n = count ? atoi(count) : 0, once = argc > 1 && !strcmp(argv[1], "once");

	if (!pid || atoi(pid) != getpid() || n < 1 || n > 8 || !getenv("LISTEN_FDNAMES"))
		return 9;
	for (i = 0; i < n; i++)
		sockets[i] = (struct pollfd){ 3 + i, POLLIN, 0 };
	do {
		if (poll(sockets, (nfds_t)n, -1) < 1)
			return 8;
		for (i = 0; i < n; i++) {
			char names[256];
			int client;

			if (!sockets[i].revents)
				continue;
			client = accept(sockets[i].fd, NULL, NULL);
			snprintf(names, sizeof(names), "%s", getenv("LISTEN_FDNAMES"));
			dprintf(client, "%d %s\n", getpid(), name_of(names, i));
			close(client);
		}
	} while (!once);
	return 0;
}
