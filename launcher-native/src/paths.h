/*
 * Where a project is and where its sockets live. README.md section 4.
 */
#ifndef OSTLER_PATHS_H
#define OSTLER_PATHS_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

struct project {
	char directory[PATH_MAX]; /* real path */
	char file[PATH_MAX]; /* absolute path of the YAML */
	char hash[17]; /* of directory */
};

/* Resolve file, NULL for ostler.yaml here. Its directory must exist, it need not. 0 or -errno. */
int project_find(const char *file, struct project *ret);

struct runtime {
	char directory[PATH_MAX]; /* "" when the socket is abstract */
	struct sockaddr_un address;
	socklen_t address_bytes;
};

/* The bases of the runtime directory, best first. */
enum { RUNTIME_BASES = 4 };

/* Base number index for uid; false when there is none (a variable is not set). PATH_MAX bytes. */
bool runtime_base(int index, uint32_t uid, char *ret);

/*
 * Fill the addresses. False: base is too long for a socket address. An empty base makes it
 * abstract.
 */
bool runtime_at(const char *base, uint32_t uid, const struct project *project, struct runtime *ret);

/*
 * Make the runtime directory and hold its lock, through *ret_lock_fd (-1 when there is no
 * directory). 0; -EALREADY when another keeper holds it, *ret_pid then names that.
 */
int runtime_lock(const struct project *project, struct runtime *ret, int *ret_lock_fd,
		 int *ret_pid);

/*
 * A connected socket of the project's supervisor, or -errno: -ENOENT and -ECONNREFUSED when none
 * runs.
 */
int runtime_connect(const struct project *project);

#endif
