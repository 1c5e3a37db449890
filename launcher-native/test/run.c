#include "run.h"
#include "check.h"

#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

void build_stdio(struct build *build)
{
	uint64_t quads[] = { 0, FDS_NULL, 0, 0, 1, FDS_PASSED, 0, S_IFIFO, 2, FDS_OWN, 2, 0 };

	build_op(build, OP_FDS, "test.yaml:2:1 (services.test.stdio)");
	build_numbers(build, 12, quads);
}

void build_script(struct build *build, const char *script)
{
	build_execve(build, (const char *const[]){ "/bin/sh", "-c", script, NULL });
}

static void await_report(struct launch_child *child, struct launch_report *ret)
{
	struct pollfd readable = { child->exec_pipe, POLLIN, 0 };

	for (;;) {
		launch_poll(child, ret);
		if (ret->outcome != LAUNCH_PENDING)
			return;
		CHECK_INT(poll(&readable, 1, 20000), 1);
	}
}

void run_plan_in(struct build *build, int cgroup_fd, struct outcome *ret)
{
	struct plan plan;
	struct launch_child child;
	const char *call;
	sigset_t all;
	int ends[2], r;
	size_t size = 0;
	ssize_t n;

	memset(ret, 0, sizeof(*ret));
	build_finish(build, &plan);
	CHECK_INT(pipe2(ends, O_CLOEXEC), 0);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	struct launch_request request = { .plan = &plan, .fds = &ends[1], .cgroup_fd = cgroup_fd };
	r = launch_start(&request, &child, &call);
	if (r < 0)
		fprintf(stderr, "%s: %s\n", call, strerror(-r));
	CHECK_INT(r, 0);
	close(ends[1]);
	memset(build, 0xee, sizeof(*build)); /* the launch has its own copy */
	await_report(&child, &ret->report);
	while ((n = read(ends[0], ret->output + size, sizeof(ret->output) - 1 - size)) > 0)
		size += (size_t)n;
	close(ends[0]);
	CHECK_INT(waitpid(child.pid, &ret->status, 0), child.pid);
	launch_release(&child);
	close(child.pidfd);
	if (child.status_fd >= 0)
		close(child.status_fd);
}

void run_plan(struct build *build, struct outcome *ret)
{
	run_plan_in(build, -1, ret);
}

/* The directories made by this process, removed at its end. */
static struct {
	char paths[64][64];
	size_t n;
	pid_t owner;
} temp;

static void remove_temp(void)
{
	char path[512];
	size_t i;

	for (i = 0; i < temp.n && getpid() == temp.owner; i++) {
		DIR *dir = opendir(temp.paths[i]);
		struct dirent *entry;

		while (dir && (entry = readdir(dir)) != NULL) {
			snprintf(path, sizeof(path), "%s/%s", temp.paths[i], entry->d_name);
			(void)unlink(path);
		}
		if (dir)
			(void)closedir(dir);
		(void)rmdir(temp.paths[i]);
	}
}

const char *temp_file(const char *name, const void *bytes, size_t size, int mode)
{
	static char path[256];
	char dir[] = "/tmp/ostler-test-XXXXXX";
	int fd;

	CHECK(mkdtemp(dir) != NULL);
	CHECK(chmod(dir, 0755) == 0);
	CHECK(temp.n < sizeof(temp.paths) / sizeof(temp.paths[0]));
	if (temp.n == 0)
		(void)atexit(remove_temp);
	temp.owner = getpid();
	strcpy(temp.paths[temp.n++], dir);
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, mode);
	CHECK(fd >= 0);
	CHECK(write(fd, bytes, size) == (ssize_t)size);
	close(fd);
	return path;
}
