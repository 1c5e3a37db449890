/*
 * LANDLOCK: each test runs the op in a child of its own and then asks the kernel what is still
 * allowed there, since nobody else can tell.
 */
#include "check.h"
#include "run.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* linux/landlock.h of the build host may be older than its kernel. */
enum {
	EXECUTE = 1 << 0,
	WRITE_FILE = 1 << 1,
	READ_FILE = 1 << 2,
	READ_DIR = 1 << 3,
	TRUNCATE = 1 << 14,
	IOCTL_DEV = 1 << 15,
	ALL_FILES = (1 << 15) - 1, /* ABI 3 */
	READS = READ_FILE | READ_DIR,
	RUNS = READS | EXECUTE,
	CHANGES = ALL_FILES & ~EXECUTE,
	OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV,
	BIND_TCP = 1,
	CONNECT_TCP = 2,
	SCOPE_ABSTRACT = 1,
	SCOPE_SIGNAL = 2,
	OPTIONAL = 1,
	MAX_LAYERS = 16,
};

#define NO_PATHS ((const char *const[]){ NULL })

static long landlock_abi(void)
{
	return sys3(SYS_landlock_create_ruleset, 0, 0, 1 /* LANDLOCK_CREATE_RULESET_VERSION */);
}

/* What a test misses on this kernel; NULL when it has that ABI. */
static const char *lacks_abi(long abi)
{
	static char text[64];

	if (landlock_abi() >= abi)
		return NULL;
	snprintf(text, sizeof(text), "Landlock ABI %ld", abi);
	return text;
}

/* Run the plan's first op, a LANDLOCK, in this process. */
static int run_landlock(struct build *build, struct launch *launch)
{
	struct plan_op op;

	build_execve(build, (const char *const[]){ "/bin/true", NULL });
	build_finish(build, &launch->plan);
	(void)plan_next_op(launch->plan.ops, &op);
	return op_LANDLOCK(launch, &op.args);
}

static void restrict_to(const uint64_t *handled, const char *const *paths, const uint64_t *path_numbers,
			size_t n_ports, const uint64_t *port_numbers)
{
	struct launch launch = { 0 };
	struct build build;

	build_start(&build, 0, 0);
	build_landlock(&build, handled, paths, path_numbers, n_ports, port_numbers);
	CHECK_INT(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	CHECK_INT(run_landlock(&build, &launch), 0);
}

/* Checks inside of it that fail end the test: they exit with 1. */
static void in_a_child(void (*run)(const char *dir), const char *dir)
{
	int status;
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (pid == 0) {
		run(dir);
		_exit(0);
	}
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK_INT(status, 0);
}

/* 0, or the errno, of opening DIR/NAME. */
static int opening(const char *dir, const char *name, int flags)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, flags | O_CLOEXEC, 0644);
	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static int renaming(const char *from_dir, const char *from, const char *to_dir, const char *to)
{
	char old[256], new[256];

	snprintf(old, sizeof(old), "%s/%s", from_dir, from);
	snprintf(new, sizeof(new), "%s/%s", to_dir, to);
	return rename(old, new) < 0 ? errno : 0;
}

static int executing(const char *path)
{
	pid_t pid = fork();
	int status;

	CHECK(pid >= 0);
	if (pid == 0) {
		(void)execl(path, path, NULL);
		_exit(errno);
	}
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* A directory with the files "a" and "b", which the test harness removes. */
static const char *make_dir(void)
{
	static char dirs[4][256];
	static size_t n;
	char *dir = dirs[n++ % 4];

	strcpy(dir, temp_file("a", "text", 4, 0644));
	*strrchr(dir, '/') = 0;
	CHECK_INT(opening(dir, "b", O_WRONLY | O_CREAT), 0);
	return dir;
}

static void only_reads(const char *dir)
{
	restrict_to((const uint64_t[]){ ALL_FILES, 0, 0 }, (const char *const[]){ dir, NULL },
		    (const uint64_t[]){ READS, READ_FILE, 0 }, 0, NULL);

	CHECK_INT(opening(dir, "a", O_RDONLY), 0);
	CHECK_INT(opening(dir, "", O_RDONLY | O_DIRECTORY), 0);
	CHECK_INT(opening(dir, "a", O_WRONLY), EACCES);
	CHECK_INT(opening(dir, "a", O_RDONLY | O_TRUNC), EACCES);
	CHECK_INT(opening(dir, "new", O_WRONLY | O_CREAT), EACCES);
	CHECK_INT(renaming(dir, "a", dir, "c"), EACCES);
	CHECK_INT(opening("/etc", "passwd", O_RDONLY), EACCES);
	CHECK_INT(opening("/etc", "", O_RDONLY | O_DIRECTORY), EACCES);
	CHECK_INT(executing("/bin/true"), EACCES);
	/* not covered by Landlock */
	CHECK_INT(access("/etc/passwd", R_OK), 0);
	CHECK_INT(opening("/etc", "passwd", O_PATH), 0);
}

static const char *allows_only_what_a_rule_names(void)
{
	const char *missing = lacks_abi(3);

	if (!missing)
		in_a_child(only_reads, make_dir());
	return missing;
}

static void changes(const char *dir)
{
	restrict_to((const uint64_t[]){ ALL_FILES, 0, 0 }, (const char *const[]){ dir, NULL },
		    (const uint64_t[]){ CHANGES, CHANGES & OF_FILES, 0 }, 0, NULL);

	CHECK_INT(opening(dir, "a", O_RDWR), 0);
	CHECK_INT(opening(dir, "a", O_RDONLY | O_TRUNC), 0);
	CHECK_INT(opening(dir, "new", O_WRONLY | O_CREAT | O_EXCL), 0);
	CHECK_INT(renaming(dir, "new", dir, "b"), 0);
	CHECK_INT(opening("/tmp", "not-there", O_WRONLY | O_CREAT), EACCES);
}

static const char *allows_changes_below_a_directory(void)
{
	const char *missing = lacks_abi(3);

	if (!missing)
		in_a_child(changes, make_dir());
	return missing;
}

static void one_file(const char *dir)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/a", dir);
	restrict_to((const uint64_t[]){ ALL_FILES, 0, 0 }, (const char *const[]){ path, "/dev/null", NULL },
		    (const uint64_t[]){ CHANGES, CHANGES & OF_FILES, 0, CHANGES, CHANGES & OF_FILES, 0 }, 0, NULL);

	CHECK_INT(opening(dir, "a", O_RDWR | O_TRUNC), 0);
	CHECK_INT(opening("/dev", "null", O_RDWR), 0);
	CHECK_INT(opening(dir, "b", O_RDONLY), EACCES);
	CHECK_INT(opening("/dev", "zero", O_RDONLY), EACCES);
}

static const char *gives_a_file_the_rights_of_files(void)
{
	const char *missing = lacks_abi(3);

	if (!missing)
		in_a_child(one_file, make_dir());
	return missing;
}

/* Two directories that differ by EXECUTE: the text behind the first names the second. */
static void across_borders(const char *dirs)
{
	char from[256];
	const char *to = strchr(dirs, ':') + 1;
	uint64_t more = CHANGES | EXECUTE;

	snprintf(from, sizeof(from), "%.*s", (int)(to - 1 - dirs), dirs);
	restrict_to((const uint64_t[]){ ALL_FILES, 0, 0 }, (const char *const[]){ from, to, NULL },
		    (const uint64_t[]){ CHANGES, CHANGES & OF_FILES, 0, more, more & OF_FILES, 0 }, 0, NULL);

	CHECK_INT(renaming(from, "a", to, "c"), EXDEV); /* it would become executable */
	CHECK_INT(renaming(to, "a", from, "c"), 0);
}

static const char *moves_no_file_to_where_it_would_gain_rights(void)
{
	const char *missing = lacks_abi(3);
	char dirs[512];
	size_t n;

	if (missing)
		return missing;
	n = (size_t)snprintf(dirs, sizeof(dirs), "%s:", make_dir());
	snprintf(dirs + n, sizeof(dirs) - n, "%s", make_dir());
	in_a_child(across_borders, dirs);
	return NULL;
}

/* The errno of an ioctl that /dev/null and /dev/zero do not know. */
static int ioctl_of(const char *name)
{
	char path[64];
	int fd, r;

	snprintf(path, sizeof(path), "/dev/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	CHECK(fd >= 0);
	r = ioctl(fd, TIOCGWINSZ, path) < 0 ? errno : 0;
	close(fd);
	return r;
}

static void one_device(const char *dir)
{
	(void)dir;
	CHECK_INT(ioctl_of("zero"), ENOTTY);
	restrict_to((const uint64_t[]){ IOCTL_DEV, 0, 0 }, (const char *const[]){ "/dev/null", NULL },
		    (const uint64_t[]){ IOCTL_DEV, IOCTL_DEV, 0 }, 0, NULL);

	CHECK_INT(ioctl_of("null"), ENOTTY);
	CHECK_INT(ioctl_of("zero"), EACCES);
}

static const char *allows_ioctl_of_named_devices_only(void)
{
	const char *missing = lacks_abi(5);

	if (!missing)
		in_a_child(one_device, "");
	return missing;
}

/* 0 or errno of bind, then of connect, to a port of 127.0.0.1. */
static int binding(uint16_t port, uint16_t *ret_port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int r = bind(fd, (struct sockaddr *)&address, length) < 0 ? errno : 0;

	if (ret_port) {
		CHECK_INT(listen(fd, 5), 0);
		CHECK_INT(getsockname(fd, (struct sockaddr *)&address, &length), 0);
		*ret_port = ntohs(address.sin_port); /* and stays open */
	} else {
		close(fd);
	}
	return r;
}

static int connecting(uint16_t port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int r = connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ? errno : 0;

	close(fd);
	return r;
}

static void some_ports(const char *dir)
{
	uint16_t listening, other;

	(void)dir;
	CHECK_INT(binding(0, &listening), 0);
	CHECK_INT(binding(0, &other), 0);
	restrict_to((const uint64_t[]){ 0, BIND_TCP | CONNECT_TCP, 0 }, NO_PATHS, NULL, 2,
		    (const uint64_t[]){ 0, BIND_TCP, listening, CONNECT_TCP });

	CHECK_INT(connecting(listening), 0);
	CHECK_INT(connecting(other), EACCES);
	CHECK_INT(binding(0, NULL), 0);
	CHECK_INT(binding(listening, NULL), EACCES);
	CHECK_INT(opening("/etc", "passwd", O_RDONLY), 0);
}

static const char *allows_only_the_ports_that_are_named(void)
{
	const char *missing = lacks_abi(4);

	if (!missing)
		in_a_child(some_ports, "");
	return missing;
}

static void scoped(const char *dir)
{
	struct sockaddr_un outside = { .sun_family = AF_UNIX };
	struct sockaddr_un inside = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t length = offsetof(struct sockaddr_un, sun_path) + 1;
	int own;

	(void)dir;
	length += (socklen_t)snprintf(outside.sun_path + 1, 64, "ostler-test-%d", getpid());
	(void)snprintf(inside.sun_path + 1, 64, "ostler-tesT-%d", getpid());
	CHECK_INT(bind(listener, (struct sockaddr *)&outside, length), 0);
	CHECK_INT(listen(listener, 5), 0);
	restrict_to((const uint64_t[]){ 0, 0, SCOPE_ABSTRACT | SCOPE_SIGNAL }, NO_PATHS, NULL, 0, NULL);

	CHECK_INT(connect(client, (struct sockaddr *)&outside, length), -1);
	CHECK_INT(errno, EPERM);
	/* a socket belongs to where it was made */
	own = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CHECK_INT(bind(own, (struct sockaddr *)&inside, length), 0);
	CHECK_INT(listen(own, 5), 0);
	CHECK_INT(connect(client, (struct sockaddr *)&inside, length), 0);
	CHECK_INT(kill(getppid(), 0), -1);
	CHECK_INT(errno, EPERM);
	CHECK_INT(kill(getpid(), 0), 0);
}

static const char *keeps_signals_and_abstract_sockets_inside(void)
{
	const char *missing = lacks_abi(6);

	if (!missing)
		in_a_child(scoped, "");
	return missing;
}

static void check_refused(struct build *build, const char *call, int error, const char *object, uint32_t rule)
{
	struct launch launch = { 0 };

	CHECK_INT(run_landlock(build, &launch), -error);
	CHECK_TEXT(launch.refusal.call, call);
	CHECK_TEXT(launch.refusal.object, object);
	CHECK_INT(launch.refusal.error, error);
	CHECK_INT(launch.refusal.sub, rule);
}

static void build_two_paths(struct build *build, const char *second, uint64_t flags)
{
	build_start(build, 0, 0);
	build_landlock(build, (const uint64_t[]){ READS, 0, 0 }, (const char *const[]){ "/usr", second, NULL },
		       (const uint64_t[]){ READS, READ_FILE, 0, READS, READ_FILE, flags }, 0, NULL);
}

static int open_descriptors(void)
{
	int fd, n = 0;

	for (fd = 0; fd < 64; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void missing_paths(const char *dir)
{
	int before = open_descriptors();
	struct build build;

	(void)dir;
	CHECK_INT(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	build_two_paths(&build, "/no/such/path", 0);
	check_refused(&build, "openat", ENOENT, "/no/such/path", 2);
	build_two_paths(&build, "/etc/passwd/x", 0);
	check_refused(&build, "openat", ENOTDIR, "/etc/passwd/x", 2);
	CHECK_INT(open_descriptors(), before);
	CHECK_INT(opening("/etc", "passwd", O_RDONLY), 0);

	build_two_paths(&build, "/no/such/path", OPTIONAL);
	CHECK_INT(run_landlock(&build, &(struct launch){ 0 }), 0);
	CHECK_INT(open_descriptors(), before);
	CHECK_INT(opening("/etc", "passwd", O_RDONLY), EACCES);
	CHECK_INT(opening("/usr", "bin", O_RDONLY | O_DIRECTORY), 0);
	build_two_paths(&build, "/etc/passwd/x", OPTIONAL);
	CHECK_INT(run_landlock(&build, &(struct launch){ 0 }), 0);
}

static const char *names_the_path_that_is_missing_unless_it_may_be(void)
{
	const char *missing = lacks_abi(1);

	if (!missing)
		in_a_child(missing_paths, "");
	return missing;
}

static void unknown_rights(const char *dir)
{
	uint64_t none[3] = { 0 };
	struct build build;
	int pipe_ends[2];
	char path[64];

	(void)dir;
	CHECK_INT(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	build_start(&build, 0, 0);
	build_landlock(&build, (const uint64_t[]){ 1ULL << 62, 0, 0 }, NO_PATHS, none, 0, none);
	check_refused(&build, "landlock_create_ruleset", EINVAL, "", 0);
	/* a right of directories for a file */
	build_start(&build, 0, 0);
	build_landlock(&build, (const uint64_t[]){ READS, 0, 0 }, (const char *const[]){ "/etc/passwd", NULL },
		       (const uint64_t[]){ READS, READS, 0 }, 0, none);
	check_refused(&build, "landlock_add_rule", EINVAL, "/etc/passwd", 1);
	/* what lies in no file system */
	CHECK_INT(pipe(pipe_ends), 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", pipe_ends[0]);
	build_start(&build, 0, 0);
	build_landlock(&build, (const uint64_t[]){ READS, 0, 0 }, (const char *const[]){ path, NULL },
		       (const uint64_t[]){ READS, READ_FILE, 0 }, 0, none);
	check_refused(&build, "landlock_add_rule", EBADFD, path, 1);
}

static const char *says_what_the_kernel_does_not_take(void)
{
	const char *missing = lacks_abi(1);

	if (!missing)
		in_a_child(unknown_rights, "");
	return missing;
}

static void seventeen_layers(const char *dir)
{
	struct build build;
	int i;

	(void)dir;
	CHECK_INT(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	for (i = 0; i < MAX_LAYERS; i++) {
		build_two_paths(&build, "/etc", 0);
		CHECK_INT(run_landlock(&build, &(struct launch){ 0 }), 0);
	}
	build_two_paths(&build, "/etc", 0);
	check_refused(&build, "landlock_restrict_self", E2BIG, "more than 16 layers", 0);
}

static const char *says_that_there_are_too_many_layers(void)
{
	const char *missing = lacks_abi(1);

	if (!missing)
		in_a_child(seventeen_layers, "");
	return missing;
}

static void without_rights(const char *dir)
{
	struct build build;

	(void)dir;
	if (geteuid() == 0)
		CHECK_INT(setresuid(65534, 65534, 65534), 0);
	build_two_paths(&build, "/etc", 0);
	check_refused(&build, "landlock_restrict_self", EPERM, "", 0);
}

static const char *needs_no_new_privs_or_a_capability(void)
{
	const char *missing = lacks_abi(1);

	if (!missing)
		in_a_child(without_rights, "");
	return missing;
}

static void build_launch(struct build *build, uint32_t flags, const char *path)
{
	build_start(build, flags, 1);
	build_stdio(build);
	build_op(build, OP_NO_NEW_PRIVS, NULL);
	build_landlock(build, (const uint64_t[]){ ALL_FILES, 0, 0 },
		       (const char *const[]){ "/usr", "/bin", "/lib", "/lib64", path, NULL },
		       (const uint64_t[]){ RUNS, RUNS & OF_FILES, 0, RUNS, RUNS & OF_FILES, OPTIONAL,
					   RUNS, RUNS & OF_FILES, OPTIONAL, RUNS, RUNS & OF_FILES, OPTIONAL,
					   READS, READ_FILE, 0 },
		       0, NULL);
	build_script(build, "cat /etc/passwd 2>&1 || echo denied");
}

static const char *restricts_the_service_alone_in_both_clone_modes(void)
{
	const char *missing = lacks_abi(3);
	struct outcome outcome;
	struct build build;
	uint32_t flags;

	for (flags = 0; flags <= PLAN_COPY && !missing; flags += PLAN_COPY) {
		build_launch(&build, flags, "/etc/ld.so.cache");
		run_plan(&build, &outcome);
		CHECK_INT(outcome.report.outcome, LAUNCH_RUNNING);
		CHECK_INT(outcome.status, 0);
		CHECK_TEXT(outcome.output, "cat: /etc/passwd: Permission denied\ndenied\n");
		CHECK_INT(opening("/etc", "passwd", O_RDONLY), 0);

		build_launch(&build, flags, "/no/such/path");
		run_plan(&build, &outcome);
		CHECK_INT(outcome.report.outcome, LAUNCH_REFUSED);
		CHECK_INT(outcome.report.refusal.op, 2);
		CHECK_INT(outcome.report.refusal.sub, 5);
		CHECK_TEXT(outcome.report.refusal.object, "/no/such/path");
	}
	return missing;
}

int main(void)
{
	static const struct test tests[] = {
		{ "allows only what a rule names", allows_only_what_a_rule_names },
		{ "allows changes below a directory", allows_changes_below_a_directory },
		{ "gives a file the rights of files", gives_a_file_the_rights_of_files },
		{ "moves no file to where it would gain rights", moves_no_file_to_where_it_would_gain_rights },
		{ "allows ioctl of named devices only", allows_ioctl_of_named_devices_only },
		{ "allows only the ports that are named", allows_only_the_ports_that_are_named },
		{ "keeps signals and abstract sockets inside", keeps_signals_and_abstract_sockets_inside },
		{ "names the path that is missing, unless it may be",
		  names_the_path_that_is_missing_unless_it_may_be },
		{ "says what the kernel does not take", says_what_the_kernel_does_not_take },
		{ "says that there are too many layers", says_that_there_are_too_many_layers },
		{ "needs no_new_privs or a capability", needs_no_new_privs_or_a_capability },
		{ "restricts the service alone, in both clone modes",
		  restricts_the_service_alone_in_both_clone_modes },
	};

	return RUN_TESTS(tests);
}
