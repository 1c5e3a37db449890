#include "jvm.h"

#include "launch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OLDEST_JAVA = 17, AOT_JAVA = 24 };

__attribute__((format(printf, 2, 3))) static int cannot(const char *verb, const char *format, ...)
{
	va_list args;

	(void)dprintf(2, "cannot %s: ", verb);
	va_start(args, format);
	(void)vdprintf(2, format, args);
	va_end(args);
	(void)dprintf(2, "\n");
	return -1;
}

static int cannot_open(const char *verb, const char *path)
{
	return cannot(verb, "open \"%s\": %s (%s)", path, errno_name(errno), strerror(errno));
}

/* a/b into ret of PATH_MAX bytes. */
static bool join(char *ret, const char *a, const char *b)
{
	int n = snprintf(ret, PATH_MAX, "%s/%s", a, b);

	return n > 0 && n < PATH_MAX;
}

/* Take the last n components off. */
static bool strip(char *path, int n)
{
	while (n--) {
		char *slash = strrchr(path, '/');

		if (!slash)
			return false;
		*slash = 0;
	}
	return true;
}

/* The JDK of the first java in PATH, links resolved. */
static bool jdk_in_path(char *ret)
{
	const char *path = getenv("PATH");

	while (path && *path) {
		size_t length = strcspn(path, ":");
		char candidate[PATH_MAX];
		int n = snprintf(candidate, sizeof(candidate), "%.*s/java", (int)length, path);

		if (length && n > 0 && n < PATH_MAX && access(candidate, X_OK) == 0 &&
		    realpath(candidate, ret) && strip(ret, 2))
			return true;
		path += length + (path[length] == ':');
	}
	return false;
}

static int jdk_find(const char *verb, char *ret_jdk, char *ret_java)
{
	const char *set = getenv("JAVA_HOME");

	if (set && set[0] && join(ret_java, set, "bin/java") && access(ret_java, X_OK) == 0) {
		(void)snprintf(ret_jdk, PATH_MAX, "%s", set); /* shorter than ret_java */
		return 0;
	}
	if (jdk_in_path(ret_jdk) && join(ret_java, ret_jdk, "bin/java"))
		return 0;
	if (set && set[0])
		return cannot(verb,
			      "no JDK found: JAVA_HOME is \"%s\", which has no bin/java, and there is no "
				    "java in PATH", set);
	return cannot(verb, "no JDK found: JAVA_HOME is not set and there is no java in PATH");
}

/* The value of KEY="value" in a release file; empty when there is none. */
static void release_value(const char *release, const char *key, char *ret, size_t size)
{
	const char *at = strstr(release, key);
	size_t length = 0;

	if (at) {
		at += strlen(key);
		length = strcspn(at, "\"\n");
	}
	if (length >= size)
		length = 0;
	(void)snprintf(ret, size, "%.*s", (int)length, length ? at : "");
}

/* The feature number out of 17.0.9 (or 1.8.0_392); 0 when there is none. */
static int version_of(const char *version)
{
	return atoi(strncmp(version, "1.", 2) ? version : version + 2);
}

/* runtime becomes the name of the very build, 17.0.9+9, or empty. */
static int check_version(const char *verb, const char *jdk, int *ret_version, char *ret_runtime,
			 size_t size)
{
	char path[PATH_MAX];
	char release[8192]; /* they have about 1,500 bytes */
	char version[64];
	ssize_t n;
	int fd;

	if (!join(path, jdk, "release"))
		return cannot(verb, "\"%s\": ENAMETOOLONG", jdk);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return cannot_open(verb, path);
	n = read(fd, release, sizeof(release) - 1);
	(void)close(fd); /* only read */
	release[n > 0 ? n : 0] = 0;
	release_value(release, "JAVA_VERSION=\"", version, sizeof(version));
	release_value(release, "JAVA_RUNTIME_VERSION=\"", ret_runtime, size);
	*ret_version = version_of(version);
	if (!*ret_version)
		return cannot(verb, "\"%s\" names no JAVA_VERSION", path);
	if (*ret_version < OLDEST_JAVA)
		return cannot(verb, "Java %d or later is needed, \"%s\" is Java %d", OLDEST_JAVA,
			      jdk,
			      *ret_version);
	return 0;
}

/* The JVM runs in lib. */
static bool archive_take(struct jvm_place *place, const char *option, const char *runtime,
			 const char *suffix)
{
	char name[160], path[PATH_MAX];

	(void)snprintf(name, sizeof(name), "%s.%s", runtime, suffix);
	if (!join(path, place->lib, name) || access(path, R_OK) < 0)
		return false;
	(void)snprintf(place->archive, sizeof(place->archive), "-XX:%s=./%s", option, name);
	return true;
}

/* One that is not for it after all is left aside by the JVM. */
static void archive_find(struct jvm_place *place, enum jvm_use use, const char *runtime)
{
	(void)snprintf(place->archive, sizeof(place->archive), "-Xshare:auto");
	if (!runtime[0] || strchr(runtime, '/'))
		return;
	if (use == JVM_SUPERVISOR && archive_take(place, "AOTCache", runtime, "aot"))
		return;
	(void)archive_take(place, "SharedArchiveFile", runtime, "jsa");
}

/* The binary is HOME/bin/ostler. */
static int home_find(const char *verb, struct jvm_place *place)
{
	char args_path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", place->home, sizeof(place->home) - 1);

	if (n < 0)
		return cannot_open(verb, "/proc/self/exe");
	place->home[n] = 0;
	if (!strip(place->home, 2) || !join(place->lib, place->home, "lib") ||
	    !join(args_path, place->lib, place->args_file + 1))
		return cannot(verb, "\"%s\" is not in the bin folder of an installation",
			      place->home);
	if (access(args_path, R_OK) < 0)
		return cannot_open(verb, args_path);
	return 0;
}

int jvm_find(const char *verb, enum jvm_use use, struct jvm_place *ret)
{
	char jdk[PATH_MAX];
	char runtime[128];
	int version = 0;

	if (jdk_find(verb, jdk, ret->java) < 0 ||
	    check_version(verb, jdk, &version, runtime, sizeof(runtime)) < 0)
		return -1;
	ret->args_file = version >= AOT_JAVA ? "@jvm-25.args" : "@jvm-17.args";
	if (home_find(verb, ret) < 0)
		return -1;
	archive_find(ret, use, runtime);
	return 0;
}

void jvm_environment(char *const *envp, char **ret)
{
	static const char *const dropped[] = { "JAVA_TOOL_OPTIONS=", "JDK_JAVA_OPTIONS=",
					      "_JAVA_OPTIONS=",
					       "CLASSPATH=", "LD_" };

	for (; *envp; envp++) {
		bool drop = false;

		for (size_t i = 0; i < sizeof(dropped) / sizeof(dropped[0]); i++)
			drop |= !strncmp(*envp, dropped[i], strlen(dropped[i]));
		if (!drop)
			*ret++ = *envp;
	}
	*ret = NULL;
}
