/* PID 1, or the subreaper of one program: forwards signals, reaps, mirrors the exit code. */
#include "namespaces.h"
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
	pid_t child;
	bool foreground; /* the child's process group has the terminal */
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

/* fork, into the namespaces of the plan. Minus the exit code after a message. */
static pid_t fork_for(const struct init_program *program, int *ret_release_fd,
		      uint32_t *ret_host_link)
{
	struct launch launch = { .exec_pipe = -1, .status_fd = -1, .cgroup_fd = -1 };
	struct namespaces namespaces;
	const char *call = "fork";
	pid_t child = -1;
	int pidfd;

	if (!program->plan || !namespaces_of(program->plan, &namespaces)) {
		child = fork();
		return child < 0 ? -fail(call) : child;
	}
	launch.plan = *program->plan;
	if (namespaces_prepare(&launch, &namespaces) >= 0) {
		child = launch_clone(&launch, NULL, NULL, 0, &pidfd, &call);
		if (child < 0)
			(void)refuse_named(&launch, SYS_clone3, call, child, "namespaces");
	}
	if (child == 0) {
		(void)close(launch.releasing_fd);
		*ret_release_fd = launch.release_fd;
		return 0;
	}
	if (child > 0)
		(void)close(pidfd);
	if (child > 0 && namespaces_release(&launch, &namespaces, child) >= 0) {
		*ret_host_link = launch.host_link;
		return child;
	}
	refusal_print(program->plan, &launch.refusal);
	return -EXIT_REFUSED;
}

static int start(struct init *init)
{
	/* with SETSID in the plan the child gets its own group, and no terminal, by that */
	bool own_group = !init->program->plan || !plan_has_op(init->program->plan, OP_SETSID);
	pid_t self = getpid();
	int release_fd = -1;

	init->foreground = own_group && isatty(0) && tcgetpgrp(0) == getpgrp();
	init->child = fork_for(init->program, &release_fd, &init->host_link);
	if (init->child == 0) {
		if (own_group) {
			(void)setpgid(0, 0);
			give_terminal(init, getpid());
		}
		_exit(run_in_place(init->program, self, release_fd));
	}
	if (init->child < 0)
		return -init->child;
	if (own_group) {
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

int init_run(const struct init_program *program)
{
	struct init init = { .program = program };
	sigset_t all, watched = watched_signals();
	int signal_number, r;

	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, NULL);
	(void)signal(SIGCHLD, SIG_DFL); /* ignored, it would reap without us */
	if (getpid() != 1 && prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		return fail("PR_SET_CHILD_SUBREAPER");
	r = start(&init);
	if (r != 0)
		return r;
	while (!init.ended) {
		signal_number = sigwaitinfo(&watched, NULL);
		if (signal_number == SIGCHLD)
			(void)reap(&init);
		else if (signal_number > 0)
			(void)kill(program->to_group ? -init.child : init.child, signal_number);
	}
	give_terminal(&init, getpgrp());
	if (program->leave_nothing && !has_pid_namespace(program))
		kill_the_rest(&init);
	network_remove(init.host_link);
	return WIFSIGNALED(init.status) ? 128 + WTERMSIG(init.status) : WEXITSTATUS(init.status);
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
