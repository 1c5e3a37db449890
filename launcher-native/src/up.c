/*
 * `ostler up`: everything that can be refused is looked at first; then this process is the keeper.
 */
#include "commands.h"

#include "jvm.h"
#include "keeper.h"
#include "launch.h"
#include "paths.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	CHILDREN_LIMIT = 1 << 20, /* more than any kernel has pids for by default */
	CONTROL_BACKLOG = 128, /* clients wait here while a JVM starts */
	FIXED_ARGUMENTS = 4, /* java, the args file, the archive, the class */
	N_KEYS = 7,
	LOCK_TRIES = 400, /* times LOCK_PAUSE_MS = 2 s; either is over within milliseconds */
	LOCK_PAUSE_MS = 5,
};

struct up_options {
	const char *file;
	uint32_t max_children;
	bool detach, stop_on_loss;
};

static int usage(const char *format, const char *what)
{
	(void)dprintf(2, format, what);
	(void)dprintf(2, "\n");
	help_up(2);
	return EXIT_USAGE;
}

/* -1: go on; otherwise the exit code. */
static int parse(int argc, char **argv, struct up_options *ret)
{
	static const struct option options[] = {
		{ "detach", no_argument, NULL, 'd' },
		{ "file", required_argument, NULL, 'f' },
		{ "help", no_argument, NULL, 'h' },
		{ "max-children", required_argument, NULL, 'm' },
		{ "on-supervisor-loss", required_argument, NULL, 'l' },
		{ NULL, 0, NULL, 0 },
	};
	char *end;
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "+:df:h", options, NULL)) != -1) {
		switch (c) {
		case 'd':
			ret->detach = true;
			break;
		case 'f':
			ret->file = optarg;
			break;
		case 'h':
			help_up(1);
			return EXIT_OK;
		case 'm':
			ret->max_children = (uint32_t)strtoul(optarg, &end, 10);
			if (*end || !ret->max_children || ret->max_children > CHILDREN_LIMIT)
				return usage("not a number of children: \"%s\"", optarg);
			break;
		case 'l':
			ret->stop_on_loss = !strcmp(optarg, "stop");
			if (!ret->stop_on_loss && strcmp(optarg, "keep"))
				return usage("not one of keep, stop: \"%s\"", optarg);
			break;
		case ':':
			return usage("a value is missing after \"%s\"", argv[optind - 1]);
		default:
			return usage("unknown option \"%s\"", argv[optind - 1]);
		}
	}
	return optind == argc ? -1 : usage("up starts all services; unexpected \"%s\"",
					   argv[optind]);
}

/*
 * Nothing of the caller's goes further than this; and no descriptor of ours may land on 0, 1 or 2.
 */
static void close_inherited(void)
{
	int null;

	(void)close_range(3, ~0u, 0); /* exists since 5.9, and clone3 with its pidfd needs 5.3 */
	do {
		null = open("/dev/null", O_RDWR | O_CLOEXEC);
	} while (null >= 0 && null <= 2);
	if (null > 2)
		(void)close(null);
}

/* A sealed memfd with what `environ` is now, NUL-separated. -errno. */
static int save_environment(char **envp)
{
	int fd = memfd_create("environ", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return -errno;
	for (; *envp; envp++) {
		size_t bytes = strlen(*envp) + 1;

		if (write(fd, *envp, bytes) != (ssize_t)bytes) {
			(void)close(fd);
			return -ENOSPC;
		}
	}
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0) {
		(void)close(fd);
		return -EPERM;
	}
	return fd;
}

static int listen_at(const struct runtime *runtime)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	mode_t before;
	int error;

	if (fd < 0)
		return -errno;
	if (runtime->directory[0])
		/* left by a keeper that was killed: the lock is ours */
		(void)unlink(runtime->address.sun_path);
	before = umask(0177);
	error = bind(fd, (const struct sockaddr *)&runtime->address, runtime->address_bytes) < 0 ||
				listen(fd, CONTROL_BACKLOG) < 0
			? -errno
			: 0;
	(void)umask(before);
	if (!error)
		return fd;
	(void)close(fd);
	return error;
}

/* The caller of `up -d`: waits until the supervisor says DETACH, or for the end of the keeper. */
static int await_detach(int pipe_fd, pid_t keeper)
{
	int code, status;

	if (read(pipe_fd, &code, sizeof(code)) == sizeof(code))
		return code & 255;
	if (waitpid(keeper, &status, 0) != keeper)
		return EXIT_FAILED;
	if (WIFSIGNALED(status))
		return 128 + WTERMSIG(status);
	/* It ended before it detached: not ok whatever it says. */
	return WEXITSTATUS(status) ? WEXITSTATUS(status) : EXIT_FAILED;
}

/*
 * True in the process that goes on as the keeper; false in the caller, *ret_code then is its exit
 * code.
 */
static bool detach(int *ret_pipe, int *ret_code)
{
	int ends[2];
	pid_t pid;

	*ret_code = EXIT_FAILED;
	if (pipe2(ends, O_CLOEXEC) < 0) {
		(void)cannot("start", "up", errno);
		return false;
	}
	pid = fork();
	if (pid == 0) {
		(void)setsid(); /* a forked child leads no group: cannot fail */
		(void)close(ends[0]);
		*ret_pipe = ends[1];
		return true;
	}
	(void)close(ends[1]);
	if (pid < 0)
		(void)cannot("start", "up", errno);
	else
		*ret_code = await_detach(ends[0], pid);
	return false;
}

struct key_values {
	char text[N_KEYS][PATH_MAX + 16];
};

static void fill_keys(const struct project *project, const struct runtime *runtime,
		      const struct jvm_place *place, bool detached, struct key_values *ret)
{
	char cwd[PATH_MAX];
	const char *values[N_KEYS][2] = {
		{ "home", place->home },
		{ "cwd", getcwd(cwd, sizeof(cwd)) ? cwd : project->directory },
		{ "project", project->directory },
		{ "file", project->file },
		{ "runtime", runtime->directory },
		{ "mode", detached ? "detached" : "foreground" },
		{ "color", isatty(1) ? "1" : "0" },
	};

	for (int i = 0; i < N_KEYS; i++)
		(void)snprintf(ret->text[i], sizeof(ret->text[i]), "%s=%s", values[i][0],
			       values[i][1]);
}

/*
 * A keeper that ends has given up its socket and not yet its lock, one that starts the other way
 * round: both are waited for.
 */
static int lock_project(const struct project *project, struct runtime *ret, int *ret_lock_fd,
			int *ret_pid)
{
	const struct timespec pause = { .tv_nsec = LOCK_PAUSE_MS * 1000000L };

	for (int i = 0;; i++) {
		int error = runtime_lock(project, ret, ret_lock_fd, ret_pid);
		int fd;

		if (!error || i == LOCK_TRIES)
			return error;
		fd = runtime_connect(project);
		if (fd >= 0)
			(void)close(fd);
		if (fd != -ENOENT && fd != -ECONNREFUSED)
			return error;
		(void)nanosleep(&pause, NULL); /* shorter is fine */
	}
}

static int run_keeper(const struct up_options *options, const struct project *project,
		      struct jvm_place *place, char **envp, struct keeper_config *config)
{
	static char class_name[] = "dev.ostler.daemon.Main";
	char args_file[32];
	char *argv[FIXED_ARGUMENTS + N_KEYS + 1] = { place->java, args_file, place->archive,
						 class_name };
	struct key_values keys;
	struct runtime runtime = { 0 };
	int lock_fd, pid, code;
	int error = lock_project(project, &runtime, &lock_fd, &pid);

	if (error) {
		(void)dprintf(2, "cannot start: project \"%s\" is already running (pid %d)\n",
			      project->directory, pid);
		return EXIT_FAILED;
	}
	config->control_fd = listen_at(&runtime);
	if (config->control_fd < 0)
		return cannot("listen at",
			      runtime.address.sun_path + (runtime.directory[0] ? 0 : 1),
			      -config->control_fd);
	(void)snprintf(args_file, sizeof(args_file), "%s", place->args_file);
	fill_keys(project, &runtime, place, options->detach, &keys);
	for (int i = 0; i < N_KEYS; i++)
		argv[FIXED_ARGUMENTS + i] = keys.text[i];
	config->jvm_argv = argv;
	config->jvm_dir = place->lib;
	config->environ_fd = save_environment(envp);
	if (config->environ_fd < 0)
		return cannot("save", "environ", -config->environ_fd);
	error = keeper_prepare(&config->nofile);
	if (error)
		return cannot("become", "keeper", -error);
	code = keeper_run(config);
	if (runtime.directory[0])
		/* clients then see at once that nobody is there */
		(void)unlink(runtime.address.sun_path);
	return code;
}

static size_t count(char *const *list)
{
	size_t n = 0;

	while (list[n])
		n++;
	return n;
}

int role_up(int argc, char **argv, char **envp)
{
	struct up_options options = { .max_children = KEEPER_MAX_CHILDREN };
	struct keeper_config config = { .detach_fd = -1 };
	char *environment[count(envp) + 1];
	struct jvm_place place;
	struct project project;
	int code = parse(argc, argv, &options);
	int fd, error;

	if (code >= 0)
		return code;
	close_inherited();
	error = project_find(options.file, &project);
	fd = error ? -1 : open(project.file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return cannot("open", options.file ? options.file : "ostler.yaml",
			      error ? -error : errno);
	(void)close(fd); /* the supervisor reads it */
	if (jvm_find("start the supervisor", JVM_SUPERVISOR, &place) < 0)
		return EXIT_FAILED;
	jvm_environment(envp, environment);
	config.jvm_envp = environment;
	config.max_children = options.max_children;
	config.stop_on_loss = options.stop_on_loss;
	if (options.detach && !detach(&config.detach_fd, &code))
		return code;
	return run_keeper(&options, &project, &place, envp, &config);
}
