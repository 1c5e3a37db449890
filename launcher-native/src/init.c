/* PID 1, or the subreaper of one program: forwards signals, reaps, mirrors the exit code. */
#include "namespaces.h"
#include "pty.h"
#include "reap.h"
#include "roles.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

const char init_help[] =
	"Usage: ostler init [-g] [--] COMMAND [ARG...]\n"
	"       ostler init PLAN\n"
	"\n"
	"Run one program as its init: reap every orphan, forward every signal, end with its exit code\n"
	"(128+N when signal N ended it). Works as PID 1 of a container and, as a subreaper, anywhere else.\n"
	"With a terminal on standard input the program gets the foreground.\n"
	"PLAN is a file made by: ostler plan FILE -o PLAN. After -- the argument is always a command.\n"
	"\n"
	"  -g            forward signals to the process group of the program, not only to the program\n"
	"  -h, --help    print this and exit\n"
	"\n"
	"Exit code: that of the program; 2 usage, 125 bad plan or no child, 126 program cannot be\n"
	"executed, 127 program not found, or an operation of the plan was refused.\n";

struct init {
	const struct init_program *program;
	struct pty *pty; /* of a program with a terminal of its own, or NULL */
	pid_t child;
	bool apart; /* the child is in a session of its own: SETSID */
	bool foreground; /* the child's process group has the terminal */
	int exec_pipe; /* of the child; -1 when nobody asks whether the program was executed */
	bool ended;
	int status;
	uint32_t host_link; /* for network_remove */
};

static int fail(const char *call)
{
	int error = errno;

	(void)dprintf(2, "cannot start: %s: %s (%s)\n", call, errno_name(error), strerror(error));
	return EXIT_OSTLER;
}

/*
 * Parent and child both do this, so that neither can be too early. All signals are blocked: TTOU
 * stops nobody.
 */
static void give_terminal(const struct init *init, pid_t group)
{
	if (init->foreground)
		(void)tcsetpgrp(0, group);
}

/*
 * fork, into the namespaces of the plan; launch then holds what was made for the child. Minus the
 * exit code after a message.
 */
static pid_t fork_for(const struct init_program *program, struct launch *launch)
{
	struct namespaces namespaces;
	const char *call = "fork";
	pid_t child = -1;
	int pidfd;

	if (!program->plan || !namespaces_of(program->plan, &namespaces)) {
		child = fork();
		if (child > 0)
			report_started(&program->caller, child);
		return child < 0 ? -fail(call) : child;
	}
	launch->plan = *program->plan;
	if (namespaces_prepare(launch, &namespaces) >= 0) {
		child = launch_clone(launch, NULL, NULL, 0, &pidfd, &call);
		if (child < 0)
			(void)refuse_named(launch, SYS_clone3, call, child, "namespaces");
	}
	if (child == 0) {
		(void)close(launch->releasing_fd);
		return 0;
	}
	if (child > 0)
		(void)close(pidfd);
	if (child > 0) /* while it waits, and so is there to be looked at */
		report_started(&program->caller, child);
	if (child > 0 && namespaces_release(launch, &namespaces, child) >= 0)
		return child;
	refusal_print(program->plan, &launch->refusal);
	return -EXIT_REFUSED;
}

static int start(struct init *init, int terminal_fd)
{
	struct launch prepared = { .exec_pipe = -1, .status_fd = -1, .cgroup_fd = -1,
				   .release_fd = -1, .terminal_fd = -1 };
	struct start begin = { .parent = getpid(), .terminal_fd = terminal_fd, .exec_pipe = -1,
			       .prepared = &prepared };
	int pipe_ends[2] = { -1, -1 };

	if (caller_listens(&init->program->caller) && pipe2(pipe_ends, O_CLOEXEC | O_NONBLOCK) < 0)
		return fail("pipe2");
	init->exec_pipe = pipe_ends[0];
	begin.exec_pipe = pipe_ends[1];
	/* with SETSID in the plan the child gets its own group, and no terminal, by that */
	init->apart = init->program->plan && plan_has_op(init->program->plan, OP_SETSID);
	init->foreground = !init->apart && isatty(0) && tcgetpgrp(0) == getpgrp();
	init->child = fork_for(init->program, &prepared);
	init->host_link = prepared.host_link;
	if (init->child == 0) {
		if (!init->apart) {
			(void)setpgid(0, 0);
			give_terminal(init, getpid());
		}
		if (init->pty)
			(void)close(init->pty->socket);
		_exit(run_in_place(init->program, &begin));
	}
	if (terminal_fd >= 0)
		(void)close(terminal_fd);
	if (init->child < 0)
		return -init->child;
	if (!init->apart) {
		/* EACCES: it did so itself and is past execve */
		(void)setpgid(init->child, init->child);
		give_terminal(init, init->child);
	}
	return 0;
}

/* The program was stopped at the terminal: the shell that started us must see that too. */
static void follow_stop(const struct init *init)
{
	if (!init->foreground || getpid() == 1)
		return;
	give_terminal(init, getpgrp());
	(void)kill(getpid(), SIGSTOP);
	give_terminal(init, init->child);
	(void)kill(-init->child, SIGCONT);
}

/*
 * A stop from the terminal of our caller reaches us alone when the program is in another session;
 * there SIGTSTP would be ignored. Its init knows what to do with it.
 */
static void suspend(const struct init *init)
{
	bool has_init = plan_has_op(init->program->plan, OP_INIT);

	(void)kill(has_init ? init->child : -init->child, has_init ? SIGTSTP : SIGSTOP);
	if (init->pty)
		pty_suspend(init->pty);
	else
		stop_self(SIGTSTP);
	(void)kill(has_init ? init->child : -init->child, SIGCONT);
}

static void forward(const struct init *init, int signal_number)
{
	if (signal_number == SIGTSTP && init->apart)
		suspend(init);
	else
		(void)kill(init->program->to_group ? -init->child : init->child, signal_number);
}

static int reap(struct init *init)
{
	struct reaped reaped;
	int r;

	while ((r = reap_one(&reaped, WUNTRACED)) > 0) {
		if (reaped.pid != init->child)
			continue;
		if (WIFSTOPPED(reaped.status)) {
			follow_stop(init);
			continue;
		}
		init->ended = true;
		init->status = reaped.status;
	}
	return r;
}

/* Without a pid namespace of our own nobody ends what is left; the plan asked for it. */
static void kill_the_rest(struct init *init)
{
	struct timespec again = { .tv_nsec = 20000000 };
	struct descendants descendants;
	const char *call;
	sigset_t child;

	if (descendants_open(&descendants, &call) < 0) {
		(void)fail(call);
		return;
	}
	(void)sigemptyset(&child);
	(void)sigaddset(&child, SIGCHLD);
	descendants_stop(&descendants);
	while (reap(init) != -ECHILD) {
		descendants_kill(&descendants);
		(void)sigtimedwait(&child, NULL, &again);
	}
}

/*
 * All that can be caught, except what tells about a fault of our own and what the terminal driver
 * sends.
 */
static sigset_t watched_signals(void)
{
	static const int own[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGTTIN, SIGTTOU };
	sigset_t set;
	size_t i;

	(void)sigfillset(&set);
	for (i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		(void)sigdelset(&set, own[i]);
	return set;
}

/* The kernel ends all that is in a pid namespace before its first process is gone. */
static bool has_pid_namespace(const struct init_program *program)
{
	struct namespaces namespaces;

	return program->plan && namespaces_of(program->plan, &namespaces) &&
	       (namespaces.flags & CLONE_NEWPID);
}

/* Until the child has ended. 0, or an exit code when it could not be started. */
static int run(struct init *init, const sigset_t *watched)
{
	struct pty pty;
	int terminal_fd = -1, signal_number, r;

	if (init->program->plan && plan_has_op(init->program->plan, OP_TERMINAL)) {
		init->pty = &pty;
		r = pty_open(&pty, init->program->plan, watched, &terminal_fd);
		if (r != 0)
			return r;
	}
	r = start(init, terminal_fd);
	while (r == 0 && !init->ended) {
		signal_number = init->pty ? pty_wait(&pty) : sigwaitinfo(watched, NULL);
		if (signal_number == SIGCHLD)
			(void)reap(init);
		else if (signal_number > 0)
			forward(init, signal_number);
	}
	if (r == 0 && init->pty)
		pty_close(&pty);
	return r;
}

/* The record of a start and no refusal after it. */
static bool was_executed(const struct init *init)
{
	char records[LAUNCH_START_BYTES + 1];

	return read(init->exec_pipe, records, sizeof(records)) == LAUNCH_START_BYTES;
}

int init_run(const struct init_program *program)
{
	struct init init = { .program = program, .exec_pipe = -1 };
	sigset_t all, watched = watched_signals();
	int r;

	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, NULL);
	(void)signal(SIGCHLD, SIG_DFL); /* ignored, it would reap without us */
	if (getpid() != 1 && prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		return fail("PR_SET_CHILD_SUBREAPER");
	r = run(&init, &watched);
	if (r != 0)
		return r;
	give_terminal(&init, getpgrp());
	if (program->leave_nothing && !has_pid_namespace(program))
		kill_the_rest(&init);
	network_remove(init.host_link);
	r = WIFSIGNALED(init.status) ? 128 + WTERMSIG(init.status) : WEXITSTATUS(init.status);
	if (was_executed(&init))
		report_ended(&program->caller, r);
	return r;
}

static bool is_plan_file(const char *path)
{
	int fd = sys_openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	char magic[8];
	long n;

	if (fd < 0)
		return false;
	n = sys_pread(fd, magic, sizeof(magic), 0);
	(void)sys_close(fd);
	return n == (long)sizeof(magic) && memcmp(magic, "OSTLPLAN", sizeof(magic)) == 0;
}

int role_init(int argc, char **argv, char **envp)
{
	struct init_program program = { .envp = envp };
	bool only_command = false;
	struct plan plan;
	int i;

	for (i = 1; i < argc && argv[i][0] == '-' && !only_command; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return fputs(init_help, stdout) < 0;
		if (strcmp(argv[i], "--") == 0)
			only_command = true;
		else if (strcmp(argv[i], "-g") == 0)
			program.to_group = true;
		else
			i = argc;
	}
	if (i >= argc) {
		(void)dprintf(2, "usage: ostler init [-g] [--] COMMAND [ARG...] | ostler init PLAN\n");
		return EXIT_USAGE;
	}
	program.argv = argv + i;
	program.perhaps_plan = !only_command && i + 1 == argc;
	if (program.perhaps_plan && is_plan_file(argv[i])) {
		if (plan_load(argv[i], &plan) < 0)
			return EXIT_OSTLER;
		program.plan = &plan;
		program.argv = argv + argc;
		program.leave_nothing = plan.flags & PLAN_STAY;
	}
	return init_run(&program);
}
