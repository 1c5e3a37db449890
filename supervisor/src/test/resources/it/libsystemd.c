/* A service as its author writes it with libsystemd: sockets by name, readiness, a watchdog. */
#include <stdio.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

int main(void)
{
	char **names = NULL;
	uint64_t usec = 0;
	int n = sd_listen_fds_with_names(1, &names);

	if (n != 2 || strcmp(names[0], "http") || strcmp(names[1], "ctl"))
		return 9;
	if (sd_is_socket_inet(SD_LISTEN_FDS_START, AF_INET, SOCK_STREAM, 1, 0) <= 0 ||
	    sd_is_socket(SD_LISTEN_FDS_START + 1, AF_UNIX, SOCK_STREAM, 1) <= 0)
		return 8;
	if (sd_watchdog_enabled(1, &usec) <= 0)
		return 7;
	printf("watchdog %llu\n", (unsigned long long)usec);
	fflush(stdout);
	if (sd_notifyf(0, "READY=1\nSTATUS=%d sockets", n) <= 0 || sd_notify_barrier(0, 20000000) <= 0)
		return 6;
	for (;;) {
		usleep((useconds_t)(usec / 4));
		sd_notify(0, "WATCHDOG=1");
	}
}
