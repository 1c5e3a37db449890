/* Programs run without a clone: a plan applied to the process itself, or a plain command. */
#include "ops.h"
#include "roles.h"
#include "terminal.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

const char exec_help[] =
	"Usage: ostler exec PLAN [-- ARG...]\n"
	"\n"
	"Apply a plan (made by: ostler plan FILE -o PLAN) to this process and become its program.\n"
	"ARGs follow the arguments in the plan. Passed descriptor number N of the plan is descriptor 3+N.\n"
	"\n"
	"Where the plan asks for a guard, or for a new session while this process leads a process group or\n"
	"has a terminal, it stays as the parent: it forwards signals and mirrors the exit code.\n"
	"\n"
	"  -h, --help    print this and exit\n"
	"\n"
	"Exit code: that of the program; 2 usage, 125 bad plan, 126 program cannot be executed,\n"
	"127 program not found, or an operation was refused.\n";

static int complain(const char *path, const char *call, int error)
{
	(void)dprintf(2, "cannot read plan \"%s\": %s: %s (%s)\n", path, call, errno_name(-error),
		      strerror(-error));
	return error;
}

int plan_load(const char *path, struct plan *ret)
{
	uint8_t *bytes = malloc(PLAN_MAX_BYTES);
	const char *why;
	size_t size;
	int fd, r;

	if (!bytes)
		return complain(path, "malloc", -ENOMEM);
	fd = sys_openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return complain(path, "open", fd);
	r = plan_read(fd, false, bytes, &size);
	(void)sys_close(fd);
	if (r < 0)
		return complain(path, "read", r);
	r = plan_decode(bytes, size, ret, &why);
	if (r < 0)
		(void)dprintf(2, "cannot read plan \"%s\": %s\n", path, why);
	return r;
}

/* Arguments of an EXECVE op, made for a plain command: three lists. */
struct wire {
	uint8_t *bytes;
	size_t size, room;
};

static void wire_put(struct wire *wire, const void *bytes, size_t n)
{
	if (wire->size + n > wire->room) {
		wire->room = (wire->size + n) * 2;
		wire->bytes = realloc(wire->bytes, wire->room);
		if (!wire->bytes)
			_exit(EXIT_OSTLER);
	}
	memcpy(wire->bytes + wire->size, bytes, n);
	wire->size += n;
}

static void wire_number(struct wire *wire, size_t value)
{
	uint8_t bytes[4] = { (uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
			     (uint8_t)(value >> 24) };

	wire_put(wire, bytes, sizeof(bytes));
}

static size_t wire_list(struct wire *wire, char *const *list)
{
	size_t n = 0, i;

	while (list[n])
		n++;
	wire_number(wire, n);
	for (i = 0; i < n; i++) {
		wire_number(wire, strlen(list[i]));
		wire_put(wire, list[i], strlen(list[i]) + 1);
	}
	return n + 1;
}

/*
 * A name with a slash is a path; any other is looked for in PATH, an empty entry being the
 * working directory.
 */
static size_t wire_candidates(struct wire *wire, const char *name)
{
	const char *path = getenv("PATH");
	const char *at, *end;
	size_t n = 1;

	if (!path)
		path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
	if (strchr(name, '/') || !name[0])
		path = NULL;
	for (at = path; at && *at; at++)
		n += *at == ':';
	wire_number(wire, n);
	for (at = path; n-- > 0; at = end + 1) {
		end = at ? strchrnul(at, ':') : NULL;
		size_t prefix = at ? (size_t)(end - at) : 0;

		wire_number(wire, prefix + (prefix > 0) + strlen(name));
		wire_put(wire, at ? at : "", prefix);
		wire_put(wire, "/", prefix > 0);
		wire_put(wire, name, strlen(name) + 1);
		if (!at)
			return 2;
	}
	for (n = 2, at = path; *at; at++)
		n += *at == ':';
	return n;
}

static int run_command(struct launch *launch, const struct init_program *program)
{
	struct wire wire = { 0 };
	struct args args;
	size_t pointers = wire_candidates(&wire, program->argv[0]);

	pointers += wire_list(&wire, program->argv);
	pointers += wire_list(&wire, program->envp);
	launch->arena = calloc(pointers, sizeof(char *));
	launch->refusal.op = UINT32_MAX;
	args.at = wire.bytes;
	if (!launch->arena)
		return refuse_named(launch, -1, "calloc", -ENOMEM, "");
	if (op_SIGNALS(launch, NULL) < 0)
		return -1;
	return op_EXECVE(launch, &args);
}

static int run_plan(struct launch *launch, const struct init_program *program)
{
	int fds[PLAN_MAX_FDS];
	void *memory;
	int i;

	for (i = 0; i < PLAN_MAX_FDS; i++)
		fds[i] = 3 + i;
	launch->plan = *program->plan;
	launch->fds = fds;
	launch->extra_argv = program->argv;
	while (program->argv[launch->n_extra_argv])
		launch->n_extra_argv++;
	memory = calloc(1, launch_memory_bytes(program->plan, launch->n_extra_argv));
	if (!memory)
		return refuse_named(launch, -1, "calloc", -ENOMEM, "");
	launch_use_memory(launch, memory);
	return launch_run(launch);
}

/* The command is a file that nobody may execute: meant as a plan. Says what is wrong with it. */
static bool is_bad_plan(const char *path)
{
	struct plan plan;
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) < 0 &&
	       plan_load(path, &plan) < 0;
}

int run_in_place(const struct init_program *program, const struct start *start)
{
	const struct launch *prepared = start->prepared;
	struct launch launch = {
		.exec_pipe = start->exec_pipe, .message_fd = sys_fcntl(2, F_DUPFD_CLOEXEC, 3),
		.status_fd = -1, .cgroup_fd = -1, .parent = start->parent,
		.terminal_fd = start->terminal_fd,
		.release_fd = prepared ? prepared->release_fd : -1, .releasing_fd = -1,
		.host_fd = -1, .root_fd = -1, .proc_fd = -1,
		.cpu = UINT32_MAX, .node = UINT32_MAX,
	};

	if (prepared) {
		launch.n_idmapped = prepared->n_idmapped;
		memcpy(launch.idmapped, prepared->idmapped, sizeof(launch.idmapped));
	}
	(void)(program->plan ? run_plan(&launch, program) : run_command(&launch, program));
	if (launch.exec_pipe >= 0)
		launch_send_refusal(&launch);
	if (!launch.quiet) /* the message is for a terminal that is not raw */
		(void)terminal_tell(launch.terminal_fd, TERMINAL_REFUSED, -1);
	if (launch.message_fd >= 0) /* the plan may have moved 2 */
		(void)dup2(launch.message_fd, 2);
	if (program->perhaps_plan && !program->plan && is_bad_plan(program->argv[0]))
		return EXIT_OSTLER;
	refusal_print(program->plan, &launch.refusal);
	if (launch.refusal.call_nr == SYS_execve && launch.refusal.error != ENOENT &&
	    launch.refusal.error != ENOTDIR)
		return EXIT_NOT_EXECUTABLE;
	return EXIT_REFUSED;
}

/*
 * Somebody sits there whose keys are for the program, but a program in a session of its own gets no
 * signal of this terminal; and a leader of this session would keep the terminal.
 */
static bool has_terminal(void)
{
	int fd = sys_openat(AT_FDCWD, "/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC);

	if (fd >= 0)
		(void)sys_close(fd);
	return fd >= 0;
}

/*
 * The death signal of a plan comes when the parent of this process dies, whether the program takes
 * its place or is its child.
 */
static int stay(const struct init_program *program)
{
	uint32_t death_signal = program->plan->death_signal;

	if (death_signal && sys_prctl(PR_SET_PDEATHSIG, death_signal, 0) >= 0 &&
	    getppid() != program->caller.pid)
		return 128 + (int)death_signal;
	return init_run(program);
}

int exec_plan(const struct plan *plan, char *const *argv, char *const *envp,
	      const struct caller *caller)
{
	struct init_program program = { .plan = plan, .argv = argv, .envp = envp,
					.leave_nothing = plan->flags & PLAN_STAY,
					.caller = *caller };
	struct start here = { .parent = caller->pid, .terminal_fd = -1, .exec_pipe = -1 };
	bool leads_group_only = getpgrp() == getpid() && getsid(0) != getpid();
	sigset_t all;

	if (program.leave_nothing || plan_has_op(plan, OP_TERMINAL) || caller_listens(caller))
		return stay(&program);
	if (plan_has_op(plan, OP_SETSID) && (leads_group_only || has_terminal()))
		return stay(&program);
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, NULL);
	return run_in_place(&program, &here);
}

int role_exec(int argc, char **argv, char **envp)
{
	const struct caller caller = { .pid = getppid() };
	struct plan plan;

	if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
		return fputs(exec_help, stdout) < 0;
	if (argc < 2 || argv[1][0] == '-' || (argc > 2 && strcmp(argv[2], "--") != 0)) {
		(void)dprintf(2, "usage: ostler exec PLAN [-- ARG...]\n");
		return EXIT_USAGE;
	}
	if (plan_load(argv[1], &plan) < 0)
		return EXIT_OSTLER;
	return exec_plan(&plan, argv + (argc > 2 ? 3 : 2), envp, &caller);
}
