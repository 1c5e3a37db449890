#include "paths.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static void hash_directory(struct project *project)
{
	uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */

	for (const char *c = project->directory; *c; c++)
		hash = (hash ^ (uint8_t)*c) * UINT64_C(1099511628211);
	(void)snprintf(project->hash, sizeof(project->hash), "%016llx", (unsigned long long)hash);
}

static int directory_of(const char *file, char *ret)
{
	const char *slash = strrchr(file, '/');
	char parent[PATH_MAX];
	size_t length = slash ? (size_t)(slash - file) : 0;

	if (!slash)
		return getcwd(ret, PATH_MAX) ? 0 : -errno;
	if (length >= sizeof(parent))
		return -ENAMETOOLONG;
	memcpy(parent, file, length);
	parent[length] = 0;
	return realpath(length ? parent : "/", ret) ? 0 : -errno;
}

int project_find(const char *file, struct project *ret)
{
	const char *name;
	int error, n;

	if (!file)
		file = "ostler.yaml";
	error = directory_of(file, ret->directory);
	if (error)
		return error;
	name = strrchr(file, '/');
	n = snprintf(ret->file, sizeof(ret->file), "%s/%s",
		     strcmp(ret->directory, "/") ? ret->directory : "", name ? name + 1 : file);
	if (n < 0 || (size_t)n >= sizeof(ret->file))
		return -ENAMETOOLONG;
	hash_directory(ret);
	return 0;
}

static bool join(char *ret, const char *a, const char *b)
{
	int n = snprintf(ret, PATH_MAX, "%s%s", a, b);

	return n > 0 && n < PATH_MAX;
}

bool runtime_base(int index, uint32_t uid, char *ret)
{
	const char *set;
	char number[16];

	switch (index) {
	case 0:
		set = getenv("OSTLER_RUNTIME_DIR");
		return set && set[0] == '/' && join(ret, set, "");
	case 1:
		set = getenv("XDG_RUNTIME_DIR");
		return set && set[0] == '/' && join(ret, set, "/ostler");
	case 2:
		return uid == 0 && join(ret, "/run/ostler", "");
	case 3:
		(void)snprintf(number, sizeof(number), "%u", uid);
		return join(ret, "/tmp/ostler-", number);
	default:
		return false;
	}
}

bool runtime_at(const char *base, uint32_t uid, const struct project *project, struct runtime *ret)
{
	char *path = ret->address.sun_path;
	size_t room = sizeof(ret->address.sun_path);
	int n;

	ret->address.sun_family = AF_UNIX;
	ret->directory[0] = 0;
	if (!base[0]) {
		path[0] = 0;
		n = snprintf(path + 1, room - 1, "ostler/%u/%s", uid, project->hash);
		ret->address_bytes = (socklen_t)(offsetof(struct sockaddr_un,
							  sun_path) + 1 + (size_t)n);
		return true;
	}
	n = snprintf(ret->directory, sizeof(ret->directory), "%s/%s", base, project->hash);
	if (n < 0 || (size_t)n >= sizeof(ret->directory))
		return false;
	n = snprintf(path, room, "%s/control.sock", ret->directory);
	ret->address_bytes = sizeof(ret->address);
	return n > 0 && (size_t)n < room;
}

/*
 * Like mkdir -p with 0700, and it must be ours alone in the end: others could replace the socket.
 */
static bool make_directory(const char *path)
{
	char part[PATH_MAX];
	struct stat st;

	(void)snprintf(part, sizeof(part), "%s", path);
	for (char *c = part + 1; *c; c++) {
		if (*c != '/')
			continue;
		*c = 0;
		(void)mkdir(part, 0700); /* what cannot be made is found missing below */
		*c = '/';
	}
	(void)mkdir(part, 0700);
	return lstat(part, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid() &&
	       !(st.st_mode & (S_IWGRP | S_IWOTH)) && access(part, W_OK | X_OK) == 0;
}

static int read_pid(int fd)
{
	char text[16] = { 0 };

	return pread(fd, text, sizeof(text) - 1, 0) > 0 ? atoi(text) : 0;
}

/* Lock the directory of this base: -ENOTDIR when it cannot be used. */
static int lock_at(const char *base, const struct project *project, struct runtime *runtime,
		   int *ret_lock_fd, int *ret_pid)
{
	char path[PATH_MAX + 8];
	int fd;

	if (!runtime_at(base, geteuid(), project, runtime) || !make_directory(base) ||
	    !make_directory(runtime->directory))
		return -ENOTDIR;
	(void)snprintf(path, sizeof(path), "%s/lock", runtime->directory);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -ENOTDIR;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
		(void)ftruncate(fd, 0); /* the pid is only for people */
		(void)dprintf(fd, "%d\n", (int)getpid());
		*ret_lock_fd = fd;
		return 0;
	}
	*ret_pid = read_pid(fd);
	(void)close(fd);
	return errno == EWOULDBLOCK ? -EALREADY : -ENOTDIR;
}

static int abstract_owner(const struct runtime *runtime)
{
	struct ucred peer = { 0 };
	socklen_t bytes = sizeof(peer);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)&runtime->address, runtime->address_bytes) == 0)
		(void)getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &bytes);
	(void)close(fd);
	return peer.pid;
}

int runtime_lock(const struct project *project, struct runtime *ret, int *ret_lock_fd, int *ret_pid)
{
	char base[PATH_MAX];

	*ret_lock_fd = -1;
	for (int i = 0; i < RUNTIME_BASES; i++) {
		int error = -ENOTDIR;

		if (runtime_base(i, geteuid(), base))
			error = lock_at(base, project, ret, ret_lock_fd, ret_pid);
		if (error != -ENOTDIR)
			return error;
	}
	(void)runtime_at("", geteuid(), project, ret);
	*ret_pid = abstract_owner(ret);
	return *ret_pid > 0 ? -EALREADY : 0;
}

/* Others can take a name below /tmp or an abstract one before us. */
static bool peer_is(int fd, uint32_t uid)
{
	struct ucred peer;
	socklen_t bytes = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &bytes) == 0 &&
	       (peer.uid == uid || peer.uid == 0);
}

static int connect_at(const char *base, uint32_t uid, const struct project *project)
{
	struct runtime runtime;
	int fd, error = -EPERM;

	if (!runtime_at(base, uid, project, &runtime))
		return -ENOENT;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)&runtime.address, runtime.address_bytes) < 0)
		error = -errno;
	else if (peer_is(fd, uid))
		return fd;
	(void)close(fd);
	return error;
}

/*
 * What to report of two places: success, else a refusal, which says more than a file that is not
 * there.
 */
static int better(int a, int b)
{
	if (a >= 0 || (b < 0 && a != -ENOENT))
		return a;
	return b;
}

/* The places of uid; with is_self those named by our own environment too. */
static int connect_as(const struct project *project, uint32_t uid, bool is_self)
{
	char base[PATH_MAX];
	int fd = -ENOENT;

	for (int i = is_self ? 0 : 2; i < RUNTIME_BASES; i++) {
		if (!runtime_base(i, uid, base))
			continue;
		fd = better(fd, connect_at(base, uid, project));
		if (fd >= 0)
			return fd;
	}
	if (!is_self) {
		(void)snprintf(base, sizeof(base), "/run/user/%u/ostler", uid);
		fd = better(fd, connect_at(base, uid, project));
		if (fd >= 0)
			return fd;
	}
	return better(connect_at("", uid, project), fd);
}

int runtime_connect(const struct project *project)
{
	uint32_t self = geteuid();
	struct stat st;
	int fd = connect_as(project, self, true);

	if (fd >= 0 || self != 0 || stat(project->directory, &st) < 0 || st.st_uid == 0)
		return fd;
	/* Root asks about a project that its owner runs. */
	return better(connect_as(project, st.st_uid, false), fd);
}
