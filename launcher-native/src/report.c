#include "report.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEXT_BYTES = 512, PATH_BYTES = 64 };

bool caller_listens(const struct caller *caller)
{
	return caller->started_fd > 0 || caller->status_fd > 0;
}

static void write_started(int fd, pid_t child, const char *between)
{
	static const char *const namespaces[] = { "ipc", "mnt", "net", "pid", "user", "uts" };
	char text[TEXT_BYTES], path[PATH_BYTES];
	struct stat status;
	size_t i;
	int n = snprintf(text, sizeof(text), "{\"child-pid\": %d", child);

	for (i = 0; i < sizeof(namespaces) / sizeof(namespaces[0]); i++) {
		(void)snprintf(path, sizeof(path), "/proc/%d/ns/%s", child, namespaces[i]);
		if (stat(path, &status) == 0)
			n += snprintf(text + n, sizeof(text) - (size_t)n, "%s\"%s-namespace\": %llu",
				      between, namespaces[i], (unsigned long long)status.st_ino);
	}
	(void)dprintf(fd, "%s}\n", text);
}

void report_started(const struct caller *caller, pid_t child)
{
	if (caller->status_fd > 0)
		write_started(caller->status_fd, child, ", ");
	if (caller->started_fd > 0) {
		write_started(caller->started_fd, child, ",\n ");
		(void)close(caller->started_fd);
	}
}

void report_ended(const struct caller *caller, int code)
{
	if (caller->status_fd > 0)
		(void)dprintf(caller->status_fd, "{\"exit-code\": %d}\n", code);
}
