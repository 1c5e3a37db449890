#include "cache.h"
#include "plan.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_MAX_BYTES = 64 * 1024, FACT_BYTES = 8192, FILE_MAX_BYTES = 2 << 20 };

static const char magic[] = "OSTLCACHE1\n";

struct header {
	char magic[16];
	uint32_t key_size, inputs_size, plan_size, zero;
};

static int add(struct cache_key *key, const char *bytes, size_t size)
{
	if (key->size + size > KEY_MAX_BYTES)
		return -1;
	memcpy(key->text + key->size, bytes, size);
	key->size += size;
	return 0;
}

static int add_text(struct cache_key *key, const char *text)
{
	return add(key, text, strlen(text) + 1);
}

static ssize_t read_fact(const char *path, char *text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, FACT_BYTES - 1);

	if (fd >= 0)
		(void)close(fd);
	text[n > 0 ? n : 0] = 0;
	return n;
}

/* Of /proc/self/status only what a plan depends on: the rest differs each time. */
static int add_status(struct cache_key *key)
{
	static const char *const wanted[] = { "Uid:", "Gid:", "Groups:", "Cap", "NoNewPrivs:",
					      "Seccomp", "Cpus_allowed_list:",
					      "Mems_allowed_list:" };
	char text[FACT_BYTES], *line, *next;
	size_t i;

	if (read_fact("/proc/self/status", text) < 0)
		return -1;
	for (line = text; line && *line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = 0;
		for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
			if (!strncmp(line, wanted[i], strlen(wanted[i])) && add_text(key, line) < 0)
				return -1;
	}
	return 0;
}

/* What the compiler knows of the host. One that is not there is the same as an empty one. */
static int add_facts(struct cache_key *key)
{
	static const char *const paths[] = {
		"/proc/self/limits", "/proc/self/uid_map", "/proc/self/gid_map",
		"/proc/self/setgroups", "/proc/self/oom_score_adj", "/proc/self/cgroup",
		"/proc/sys/kernel/random/boot_id", "/sys/devices/system/cpu/online",
		"/proc/sys/user/max_user_namespaces",
	};
	char text[FACT_BYTES];
	struct stat self;
	size_t i;

	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		(void)read_fact(paths[i], text);
		if (add_text(key, text) < 0)
			return -1;
	}
	if (stat("/proc/self/exe", &self) < 0)
		return -1;
	(void)snprintf(text, sizeof(text), "%d %lu %lu %lld", getpriority(PRIO_PROCESS, 0),
		       (unsigned long)self.st_dev, (unsigned long)self.st_ino,
		       (long long)self.st_mtime);
	return add_text(key, text);
}

int cache_key_make(int argc, char *const *argv, struct cache_key *ret)
{
	uint64_t hash = 0xcbf29ce484222325ULL; /* FNV-1a; the whole text is compared too */
	char cwd[PATH_MAX], exe[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	int i;

	*ret = (struct cache_key){ .text = malloc(KEY_MAX_BYTES) };
	if (!ret->text || n < 0 || !getcwd(cwd, sizeof(cwd)))
		return -1;
	exe[n] = 0;
	for (i = 0; i < argc; i++)
		if (add_text(ret, argv[i]) < 0)
			return -1;
	if (add_text(ret, cwd) < 0 || add_text(ret, exe) < 0 || add_status(ret) < 0 ||
	    add_facts(ret) < 0)
		return -1;
	for (i = 0; i < (int)ret->size; i++)
		hash = (hash ^ (unsigned char)ret->text[i]) * 0x100000001b3ULL;
	(void)snprintf(ret->name, sizeof(ret->name), "%016llx.plan", (unsigned long long)hash);
	return 0;
}

/* A directory of our own that nobody else may write to, or -1. */
static int open_directory(bool make)
{
	const char *base = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	char path[PATH_MAX];
	struct stat status;
	int fd;

	if (base && base[0] == '/')
		(void)snprintf(path, sizeof(path), "%s", base);
	else if (home && home[0] == '/')
		(void)snprintf(path, sizeof(path), "%s/.cache", home);
	else
		return -1;
	if (make)
		(void)mkdir(path, 0700);
	if (strlen(path) + sizeof("/ostler") > sizeof(path))
		return -1;
	strcat(path, "/ostler");
	if (make)
		(void)mkdir(path, 0700);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (fstat(fd, &status) == 0 && status.st_uid == geteuid() && !(status.st_mode & 077))
		return fd;
	(void)close(fd);
	return -1;
}

/* "F dev ino size mtime ctime path" (times in ns), "A path" (absent), "V name=value", "U name". */
static bool input_holds(char *line)
{
	unsigned long long dev, ino, size, mtime, ctime;
	struct stat status;
	const char *value;
	char *equals;
	int at = 0;

	switch (line[0]) {
	case 'F':
		if (sscanf(line, "F %llu %llu %llu %llu %llu %n", &dev, &ino, &size, &mtime,
			   &ctime, &at) < 5 || !at || stat(line + at, &status) < 0)
			return false;
		return status.st_dev == dev && status.st_ino == ino &&
		       (unsigned long long)status.st_size == size &&
		       (unsigned long long)status.st_mtim.tv_sec * 1000000000ULL +
			       (unsigned long long)status.st_mtim.tv_nsec == mtime &&
		       (unsigned long long)status.st_ctim.tv_sec * 1000000000ULL +
			       (unsigned long long)status.st_ctim.tv_nsec == ctime;
	case 'A':
		return stat(line + 2, &status) < 0 && (errno == ENOENT || errno == ENOTDIR);
	case 'U':
		return !getenv(line + 2);
	case 'V':
		equals = strchr(line, '=');
		if (!equals)
			return false;
		*equals = 0;
		value = getenv(line + 2);
		return value && !strcmp(value, equals + 1);
	default:
		return false;
	}
}

static bool inputs_hold(char *inputs)
{
	char *next;

	for (; *inputs; inputs = next) {
		next = strchr(inputs, '\n');
		if (!next)
			return false;
		*next++ = 0;
		if (!input_holds(inputs))
			return false;
	}
	return true;
}

static bool use(const struct cache_key *key, char *bytes, size_t size, uint8_t *buf,
		size_t *ret_size)
{
	struct header header;
	char *at = bytes + sizeof(header);

	if (size < sizeof(header))
		return false;
	memcpy(&header, bytes, sizeof(header));
	if (memcmp(header.magic, magic, sizeof(magic)) || header.key_size != key->size ||
	    header.plan_size > PLAN_MAX_BYTES || header.inputs_size > FILE_MAX_BYTES ||
	    sizeof(header) + header.key_size + header.inputs_size + header.plan_size != size ||
	    header.inputs_size == 0 || memcmp(at, key->text, key->size))
		return false;
	at += header.key_size;
	if (at[header.inputs_size - 1] != 0 || !inputs_hold(at))
		return false;
	memcpy(buf, at + header.inputs_size, header.plan_size);
	*ret_size = header.plan_size;
	return true;
}

int cache_find(const struct cache_key *key, uint8_t *buf, size_t *ret_size)
{
	int directory = open_directory(false), fd;
	struct stat status;
	char *bytes = NULL;
	bool found = false;

	if (directory < 0)
		return -1;
	fd = openat(directory, key->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	(void)close(directory);
	if (fd < 0)
		return -1;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid() &&
	    !(status.st_mode & 077) && status.st_size <= FILE_MAX_BYTES)
		bytes = malloc((size_t)status.st_size + 1);
	if (bytes && read(fd, bytes, (size_t)status.st_size) == status.st_size)
		found = use(key, bytes, (size_t)status.st_size, buf, ret_size);
	free(bytes);
	(void)close(fd);
	return found ? 0 : -1;
}

static bool write_all(int fd, const void *bytes, size_t size)
{
	return write(fd, bytes, size) == (ssize_t)size;
}

void cache_store(const struct cache_key *key, const char *inputs, size_t inputs_size,
		 const uint8_t *plan, size_t plan_size)
{
	struct header header = { .key_size = (uint32_t)key->size,
				 .inputs_size = (uint32_t)inputs_size + 1,
				 .plan_size = (uint32_t)plan_size };
	int directory = open_directory(true), fd;
	char temporary[40];
	bool good;

	if (directory < 0)
		return;
	memcpy(header.magic, magic, sizeof(magic));
	(void)snprintf(temporary, sizeof(temporary), ".%d.tmp", getpid());
	(void)unlinkat(directory, temporary, 0);
	fd = openat(directory, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    0600);
	good = fd >= 0 && write_all(fd, &header, sizeof(header)) &&
	       write_all(fd, key->text, key->size) && write_all(fd, inputs, inputs_size) &&
	       write_all(fd, "", 1) && write_all(fd, plan, plan_size);
	if (fd >= 0)
		(void)close(fd);
	if (!good || renameat(directory, temporary, directory, key->name) < 0)
		(void)unlinkat(directory, temporary, 0);
	(void)close(directory);
}
