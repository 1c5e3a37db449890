/* ostler exec and ostler init as programs. */
#include "check.h"
#include "run.h"

#include <dirent.h>
#include <libgen.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct result {
	int code; /* exit code, or -signal */
	char text[8192]; /* standard output and error */
};

static char driver[512];

static pid_t start(const char *const *argv, bool new_session, int *ret_output)
{
	const char *full[16] = { driver };
	sigset_t none;
	int ends[2], i;
	pid_t child;

	for (i = 0; argv[i]; i++)
		full[i + 1] = argv[i];
	CHECK_INT(pipe2(ends, O_CLOEXEC), 0);
	child = fork();
	if (child == 0) {
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		if (new_session)
			setsid();
		setenv("PATH", "/usr/bin:/bin", 1); /* the caller's may have what we may not search */
		dup2(open("/dev/null", O_RDONLY), 0);
		dup2(ends[1], 1);
		dup2(ends[1], 2);
		execv(driver, (char *const *)full);
		_exit(99);
	}
	close(ends[1]);
	*ret_output = ends[0];
	return child;
}

static struct result finish(pid_t child, int output)
{
	struct result result = { 0 };
	size_t size = 0;
	ssize_t n;
	int status;

	while ((n = read(output, result.text + size, sizeof(result.text) - 1 - size)) > 0)
		size += (size_t)n;
	close(output);
	CHECK_INT(waitpid(child, &status, 0), child);
	result.code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
	return result;
}

#define RUN(...) run((const char *const[]){ __VA_ARGS__, NULL })
static struct result run(const char *const *argv)
{
	int output;
	pid_t child = start(argv, true, &output);

	return finish(child, output);
}

static const char *plan_file(struct build *build)
{
	size_t size = build_seal(build);

	return temp_file("test.plan", build->bytes, size, 0600);
}

static const char *exec_applies_the_plan_and_appends_arguments(void)
{
	struct build build;
	struct result result;

	build_start(&build, 0, 0);
	build_op(&build, OP_UMASK, NULL);
	build_number(&build, 0051);
	build_execve(&build, (const char *const[]){ "/bin/sh", "-c", "umask; echo \"$@\"; exit 4", "name",
						    "fixed", NULL });
	result = RUN("exec", plan_file(&build), "--", "a b", "--c");
	CHECK_TEXT(result.text, "0051\nfixed a b --c\n");
	CHECK_INT(result.code, 4);
	return NULL;
}

static const char *exec_tells_what_was_refused_and_where(void)
{
	uint64_t quads[] = { 0, FDS_NULL, 0, 0, 1, FDS_NULL, 0, 0, 2, FDS_NULL, 0, 0 };
	char expected[512];
	const char *path;
	struct build build;
	struct result result;

	build_start(&build, 0, 0);
	build_op(&build, OP_FDS, NULL);
	build_numbers(&build, 12, quads); /* the message still comes out */
	build_execve(&build, (const char *const[]){ "/no/such", NULL });
	result = RUN("exec", plan_file(&build));
	CHECK_TEXT(result.text, "cannot start: execve \"/no/such\": ENOENT (No such file or directory)"
				" at test.yaml:1:1 (services.test.command)\n");
	CHECK_INT(result.code, 127);

	path = temp_file("garbage", "\1\2\3", 3, 0755);
	snprintf(expected, sizeof(expected), "cannot start: execve \"%s\": ENOEXEC (Exec format error)"
					     " at test.yaml:1:1 (services.test.command)\n", path);
	build_start(&build, 0, 0);
	build_execve(&build, (const char *const[]){ path, NULL });
	result = RUN("exec", plan_file(&build));
	CHECK_TEXT(result.text, expected);
	CHECK_INT(result.code, 126);
	return NULL;
}

static const char *a_refused_map_is_told_like_any_refusal(void)
{
	static const char *const roles[] = { "exec", "init" };
	const char *const none[] = { NULL };
	struct build build;
	struct result result;
	int i;

	for (i = 0; i < 2; i++) {
		build_start(&build, PLAN_COPY | PLAN_STAY, 0);
		build_op(&build, OP_NAMESPACES, "test.yaml:3:1 (user_namespace)");
		build_number(&build, CLONE_NEWUSER);
		build_number(&build, 0);
		build_number(&build, UINT64_MAX);
		build_number(&build, UINT64_MAX);
		build_string(&build, "0 0 1 overlong");
		build_string(&build, "");
		build_strings(&build, none);
		build_strings(&build, none);
		build_script(&build, "echo ran");

		result = RUN(roles[i], plan_file(&build));

		CHECK_TEXT(result.text, "cannot start: uid_map \"0 0 1 overlong\": EINVAL (Invalid argument)"
					" at test.yaml:3:1 (user_namespace)\n");
		CHECK_INT(result.code, 127);
	}
	return NULL;
}

static const char *exec_refuses_what_is_no_plan(void)
{
	static uint8_t garbage[PLAN_MAX_BYTES + 1];
	char expected[512];
	const char *path;
	struct result result;
	size_t i;

	for (i = 0; i < sizeof(garbage); i++)
		garbage[i] = (uint8_t)(i * 2654435761U >> 13);
	path = temp_file("x.plan", garbage, PLAN_MAX_BYTES, 0600);
	snprintf(expected, sizeof(expected), "cannot read plan \"%s\": it is no plan\n", path);
	result = RUN("exec", path);
	CHECK_TEXT(result.text, expected);
	CHECK_INT(result.code, 125);

	path = temp_file("x.plan", "", 0, 0600);
	snprintf(expected, sizeof(expected), "cannot read plan \"%s\": it is no plan\n", path);
	CHECK_TEXT(RUN("exec", path).text, expected);

	path = temp_file("x.plan", garbage, sizeof(garbage), 0600);
	snprintf(expected, sizeof(expected), "cannot read plan \"%s\": read: EFBIG (File too large)\n", path);
	CHECK_TEXT(RUN("exec", path).text, expected);

	CHECK_TEXT(RUN("exec", "/usr").text,
		   "cannot read plan \"/usr\": read: EISDIR (Is a directory)\n");
	CHECK_TEXT(RUN("exec", "/no.plan").text,
		   "cannot read plan \"/no.plan\": open: ENOENT (No such file or directory)\n");
	CHECK_INT(RUN("exec").code, 2);
	CHECK_INT(RUN("exec", "a", "b").code, 2);
	CHECK_INT(RUN("exec", "--help").code, 0);
	CHECK_INT(RUN("init").code, 2);
	CHECK_INT(RUN("init", "--no-such").code, 2);
	CHECK_INT(RUN("init", "--help").code, 0);
	return NULL;
}

static const char *exec_with_a_guard_leaves_nothing(void)
{
	struct build build;
	struct result result;

	build_start(&build, PLAN_COPY | PLAN_STAY, 0);
	build_op(&build, OP_SETSID, NULL);
	build_script(&build, "setsid sleep 1000 & exit 6");
	result = RUN("exec", plan_file(&build)); /* the sleep held our pipe */
	CHECK_INT(result.code, 6);
	return NULL;
}

static const char *init_mirrors_exit_codes(void)
{
	CHECK_INT(RUN("init", "--", "sh", "-c", "exit 0").code, 0);
	CHECK_INT(RUN("init", "sh", "-c", "exit 255").code, 255);
	CHECK_INT(RUN("init", "--", "sh", "-c", "kill -9 $$").code, 128 + 9);
	CHECK_INT(RUN("init", "--", "sh", "-c", "kill -34 $$").code, 128 + 34);
	CHECK_INT(RUN("init", "true").code, 0);
	return NULL;
}

static const char *init_tells_missing_from_denied_commands(void)
{
	char expected[512];
	const char *path;
	struct result result = RUN("init", "--", "no-such-command");

	CHECK_TEXT(result.text, "cannot start: execve \"no-such-command\": ENOENT (No such file or directory)\n");
	CHECK_INT(result.code, 127);

	result = RUN("init", "--", "/etc/passwd");
	CHECK_TEXT(result.text, "cannot start: execve \"/etc/passwd\": EACCES (Permission denied)\n");
	CHECK_INT(result.code, 126);

	path = temp_file("script", "#!/no/sh\n", 9, 0755);
	result = RUN("init", "--", path);
	snprintf(expected, sizeof(expected), "cannot start: execve \"/no/sh\": ENOENT"
					     " (No such file or directory; the #! interpreter)\n");
	CHECK_TEXT(result.text, expected);
	CHECK_INT(result.code, 127);
	return NULL;
}

static const char *init_runs_a_plan(void)
{
	struct build build;
	struct result result;
	const char *path;

	build_start(&build, 0, 0);
	build_op(&build, OP_SIGNALS, NULL);
	build_op(&build, OP_SETSID, NULL);
	build_op(&build, OP_DEATH_SIGNAL, NULL);
	build_number(&build, SIGKILL);
	build_script(&build, "echo from plan; exit 3");
	path = plan_file(&build);
	result = RUN("init", path);
	CHECK_TEXT(result.text, "from plan\n");
	CHECK_INT(result.code, 3);

	CHECK_INT(RUN("init", "--", path).code, 126); /* a command that nobody may execute */
	return NULL;
}

static const char *init_tells_a_bad_plan_from_a_bad_command(void)
{
	char expected[512];
	const char *path = temp_file("x.plan", "garbage", 7, 0600);
	struct result result = RUN("init", path);

	snprintf(expected, sizeof(expected), "cannot read plan \"%s\": it is no plan\n", path);
	CHECK_TEXT(result.text, expected);
	CHECK_INT(result.code, 125);
	CHECK_INT(RUN("init", "--", path).code, 126);
	CHECK_INT(RUN("init", path, "argument").code, 126);

	path = temp_file("program", "garbage", 7, 0700); /* somebody may execute it: a command */
	result = RUN("init", path);
	snprintf(expected, sizeof(expected), "cannot start: execve \"%s\": ENOEXEC (Exec format error)\n",
		 path);
	CHECK_TEXT(result.text, expected);
	CHECK_INT(result.code, 126);
	CHECK_INT(RUN("init", "/usr").code, 126);
	return NULL;
}

static const char *init_forwards_signals(void)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH };
	char ready;
	size_t i;

	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		char script[256];
		struct result result;
		int output;
		pid_t child;

		snprintf(script, sizeof(script),
			 "trap 'echo got; exit %d' %d; echo r; while :; do sleep 0.05; done",
			 signals[i], signals[i]);
		child = start((const char *const[]){ "init", "--", "sh", "-c", script, NULL }, true, &output);
		CHECK_INT(read(output, &ready, 1), 1);
		CHECK_INT(kill(child, signals[i]), 0);
		result = finish(child, output);
		CHECK_TEXT(result.text, "\ngot\n");
		CHECK_INT(result.code, signals[i]);
	}
	return NULL;
}

static int count_zombies(pid_t parent)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	char path[300], line[512], *at;
	int zombies = 0, other;
	char state;

	CHECK(proc != NULL);
	while ((entry = readdir(proc)) != NULL) {
		FILE *stat;

		snprintf(path, sizeof(path), "/proc/%s/stat", entry->d_name);
		stat = atoi(entry->d_name) > 0 ? fopen(path, "re") : NULL;
		if (!stat)
			continue;
		at = fgets(line, sizeof(line), stat) ? strrchr(line, ')') : NULL;
		if (at && sscanf(at, ") %c %d", &state, &other) == 2 && state == 'Z' && other == parent)
			zombies++;
		(void)fclose(stat);
	}
	(void)closedir(proc);
	return zombies;
}

static const char *init_reaps_a_thousand_orphans(void)
{
	static const char script[] = "i=0; while [ $i -lt 1000 ]; do (sleep 0 &); i=$((i+1)); done;"
				     " echo r; trap 'exit 8' TERM; while :; do sleep 0.05; done";
	struct timespec pause = { .tv_nsec = 50000000 };
	int output, tries = 0;
	char ready;
	pid_t child;

	child = start((const char *const[]){ "init", "--", "sh", "-c", script, NULL }, true, &output);
	CHECK_INT(read(output, &ready, 1), 1);
	while (count_zombies(child) > 0) {
		CHECK(tries++ < 20);
		(void)nanosleep(&pause, NULL);
	}
	CHECK_INT(kill(child, SIGTERM), 0);
	CHECK_INT(finish(child, output).code, 8);
	return NULL;
}

static const char *init_is_pid_1_of_a_namespace(void)
{
	int output, status;
	pid_t outer;
	struct result result;
	int ends[2];

	CHECK_INT(pipe(ends), 0);
	outer = fork();
	if (outer == 0) {
		if (unshare(geteuid() == 0 ? CLONE_NEWPID : CLONE_NEWUSER | CLONE_NEWPID) < 0)
			_exit(77);
		/* what the program leaves behind dies with PID 1, so the pipe ends */
		pid_t inner = start((const char *const[]){ "init", "--", "sh", "-c",
							   "sleep 1000 & echo $PPID; exit 12", NULL },
				    true, &output);
		result = finish(inner, output);
		_exit(strcmp(result.text, "1\n") == 0 ? result.code : 1);
	}
	CHECK_INT(waitpid(outer, &status, 0), outer);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		return "the right to make a pid namespace";
	CHECK_INT(status, 12 << 8);
	return NULL;
}

int main(int argc, char **argv)
{
	static const struct test tests[] = {
		{ "exec applies the plan and appends arguments", exec_applies_the_plan_and_appends_arguments },
		{ "exec tells what was refused and where", exec_tells_what_was_refused_and_where },
		{ "a refused map is told like any refusal", a_refused_map_is_told_like_any_refusal },
		{ "exec refuses what is no plan", exec_refuses_what_is_no_plan },
		{ "exec with a guard leaves nothing", exec_with_a_guard_leaves_nothing },
		{ "init mirrors exit codes", init_mirrors_exit_codes },
		{ "init tells missing from denied commands", init_tells_missing_from_denied_commands },
		{ "init runs a plan", init_runs_a_plan },
		{ "init tells a bad plan from a bad command", init_tells_a_bad_plan_from_a_bad_command },
		{ "init forwards signals", init_forwards_signals },
		{ "init reaps a thousand orphans", init_reaps_a_thousand_orphans },
		{ "init is PID 1 of a namespace", init_is_pid_1_of_a_namespace },
	};

	(void)argc;
	snprintf(driver, sizeof(driver), "%s/driver", dirname(argv[0]));
	return RUN_TESTS(tests);
}
