/*
 * inside [PORT]: what a process is told about itself, one fact a line, topic first; then "end". With
 * PORT it first binds to it, says how that went, and then accepts connections until it is killed.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

extern char **environ;

/* First of all, before anything here is opened. */
static void descriptors(void)
{
	char target[PATH_MAX];
	DIR *dir = opendir("/proc/self/fd");
	const struct dirent *entry;

	if (!dir) {
		printf("fd unknown: %s\n", strerrorname_np(errno));
		return;
	}
	while ((entry = readdir(dir))) {
		ssize_t n;

		if (!isdigit(entry->d_name[0]) || atoi(entry->d_name) == dirfd(dir))
			continue;
		n = readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1);
		target[n > 0 ? n : 0] = 0;
		printf("fd %s %s\n", entry->d_name, target);
	}
	closedir(dir);
}

/* The lines of a file of /proc; "Name:<tab>a<tab>b" becomes "Name a b". */
static void file(const char *topic, const char *path)
{
	char line[4096];
	FILE *in = fopen(path, "re");

	if (!in) {
		printf("%sunknown: %s\n", topic, strerrorname_np(errno));
		return;
	}
	while (fgets(line, sizeof(line), in)) {
		char *colon = strstr(line, ":\t");

		if (colon)
			memmove(colon, colon + 1, strlen(colon));
		for (char *tab = line; (tab = strchr(tab, '\t'));)
			*tab = ' ';
		printf("%s%s", topic, line);
	}
	fclose(in);
}

static void number(rlim_t value)
{
	if (value == RLIM_INFINITY)
		printf(" unlimited");
	else
		printf(" %llu", (unsigned long long)value);
}

static void limit(const char *name, int resource)
{
	struct rlimit limit = { 0 };

	(void)getrlimit(resource, &limit); /* a resource that exists: cannot fail */
	printf("limit %s", name);
	number(limit.rlim_cur);
	number(limit.rlim_max);
	printf("\n");
}

/* The names of the kernel, written down once more: nothing here comes from the product. */
static void limits(void)
{
	limit("cpu", RLIMIT_CPU);
	limit("fsize", RLIMIT_FSIZE);
	limit("data", RLIMIT_DATA);
	limit("stack", RLIMIT_STACK);
	limit("core", RLIMIT_CORE);
	limit("rss", RLIMIT_RSS);
	limit("nproc", RLIMIT_NPROC);
	limit("nofile", RLIMIT_NOFILE);
	limit("memlock", RLIMIT_MEMLOCK);
	limit("as", RLIMIT_AS);
	limit("locks", RLIMIT_LOCKS);
	limit("sigpending", RLIMIT_SIGPENDING);
	limit("msgqueue", RLIMIT_MSGQUEUE);
	limit("nice", RLIMIT_NICE);
	limit("rtprio", RLIMIT_RTPRIO);
	limit("rttime", RLIMIT_RTTIME);
}

/* What no file of /proc shows. */
static void attributes(void)
{
	char directory[PATH_MAX];
	int death_signal = -1;

	(void)prctl(PR_GET_PDEATHSIG, &death_signal);
	printf("death_signal %d\n", death_signal);
	printf("securebits %d\n", prctl(PR_GET_SECUREBITS));
	printf("nice %d\n", getpriority(PRIO_PROCESS, 0));
	printf("cwd %s\n", getcwd(directory, sizeof(directory)) ? directory : "unknown");
	for (char **variable = environ; *variable; variable++)
		printf("environ %s\n", *variable);
}

/* -1: refused, and said so. */
static int bind_to(const char *port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)atoi(port)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof(address)) == 0 &&
	    listen(fd, 8) == 0) {
		printf("bind %s done\n", port);
		return fd;
	}
	printf("bind %s %s\n", port, strerrorname_np(errno));
	return -1;
}

int main(int argc, char **argv)
{
	int fd = -1;

	descriptors();
	file("", "/proc/self/status");
	file("oom_score_adj ", "/proc/self/oom_score_adj");
	file("unprivileged_port_start ", "/proc/sys/net/ipv4/ip_unprivileged_port_start");
	limits();
	attributes();
	if (argc > 1)
		fd = bind_to(argv[1]);
	printf("end\n");
	fflush(stdout);
	while (fd >= 0) {
		int connection = accept(fd, NULL, NULL);

		if (connection >= 0)
			close(connection);
	}
	return argc > 1 ? 1 : 0;
}
