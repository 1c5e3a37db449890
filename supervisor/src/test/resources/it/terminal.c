/*
 * A terminal with a shell of one job, played by a test: terminal [-b] NAME COMMAND ARG...
 *
 * The job is started in the foreground, with -b in the background. What the terminal shows goes to NAME.screen. Words are
 * read from the fifo NAME.in, a line each, and answered on standard output:
 *
 *   type HEX        the keys
 *   size ROWS COLS  a new size
 *   modes           "modes IFLAG OFLAG LFLAG", in hex
 *   pending         "pending N": bytes that the shell would read next
 *   fg              the job gets the foreground, and SIGCONT
 *   kill N          a signal to the job
 *   hangup          the terminal is lost
 *
 * "pid N" is said at the start, "stopped N" and "exit N" (128+N after a signal) of the job when they happen.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static int master, slave, screen;
static pid_t job;

static void die(const char *what)
{
	perror(what);
	exit(100);
}

static void open_terminal(void)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };

	master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0)
		die("posix_openpt");
	slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0 || (setsid() < 0 && getsid(0) != getpid()) || ioctl(slave, TIOCSCTTY, 0) < 0)
		die("TIOCSCTTY");
	if (ioctl(master, TIOCSWINSZ, &size) < 0)
		die("TIOCSWINSZ");
}

static void start(char **command, int background)
{
	sigset_t none;

	job = fork();
	if (job < 0)
		die("fork");
	(void)setpgid(job, job);
	if (job == 0) {
		(void)setpgid(0, 0);
		if (!background && tcsetpgrp(slave, getpid()) < 0)
			die("tcsetpgrp");
		for (int fd = 0; fd < 3; fd++)
			(void)dup2(slave, fd);
		(void)signal(SIGHUP, SIG_DFL);
		(void)signal(SIGTTOU, SIG_DFL);
		(void)sigemptyset(&none);
		(void)sigprocmask(SIG_SETMASK, &none, NULL);
		(void)execvp(command[0], command);
		die(command[0]);
	}
	printf("pid %d\n", job);
}

static void type(const char *hex)
{
	unsigned int byte;
	char key;

	for (; sscanf(hex, "%2x", &byte) == 1; hex += 2) {
		key = (char)byte;
		if (write(master, &key, 1) != 1)
			die("write");
	}
}

static void obey(char *word)
{
	struct termios modes;
	struct winsize size = { 0 };
	int rows, columns, number;

	if (strncmp(word, "type ", 5) == 0) {
		type(word + 5);
	} else if (sscanf(word, "size %d %d", &rows, &columns) == 2) {
		size.ws_row = (unsigned short)rows;
		size.ws_col = (unsigned short)columns;
		if (ioctl(master, TIOCSWINSZ, &size) < 0)
			die("TIOCSWINSZ");
	} else if (strcmp(word, "modes") == 0 && tcgetattr(slave, &modes) == 0) {
		printf("modes %x %x %x\n", modes.c_iflag, modes.c_oflag, modes.c_lflag);
	} else if (strcmp(word, "pending") == 0 && ioctl(slave, FIONREAD, &number) == 0) {
		printf("pending %d\n", number);
	} else if (strcmp(word, "fg") == 0) {
		(void)tcsetpgrp(slave, job);
		(void)kill(-job, SIGCONT);
	} else if (sscanf(word, "kill %d", &number) == 1) {
		(void)kill(job, number);
	} else if (strcmp(word, "hangup") == 0) {
		(void)close(slave);
		(void)close(master);
		master = slave = -1;
	} else {
		die(word);
	}
}

static void obey_all(int words)
{
	static char line[1 << 16];
	static size_t n;
	ssize_t got = read(words, line + n, sizeof(line) - 1 - n);
	char *end;

	if (got <= 0)
		return;
	n += (size_t)got;
	line[n] = 0;
	while ((end = strchr(line, '\n'))) {
		*end++ = 0;
		obey(line);
		n -= (size_t)(end - line);
		memmove(line, end, n + 1);
	}
}

/* False when it has ended. */
static int look_at_job(void)
{
	int status;

	if (waitpid(job, &status, WUNTRACED | WNOHANG) <= 0)
		return 1;
	if (WIFSTOPPED(status)) {
		(void)tcsetpgrp(slave, getpgrp());
		printf("stopped %d\n", WSTOPSIG(status));
		return 1;
	}
	/* the modes it has left are told before anybody can ask */
	printf("exit %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return 0;
}

static void show(void)
{
	char bytes[4096];
	ssize_t n;

	while (master >= 0 && (n = read(master, bytes, sizeof(bytes))) > 0)
		if (write(screen, bytes, (size_t)n) != n)
			die("screen");
}

int main(int argc, char **argv)
{
	int background = argc > 1 && strcmp(argv[1], "-b") == 0, running = 1, words, children;
	char path[4096];
	sigset_t child;

	argv += 1 + background;
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	(void)signal(SIGHUP, SIG_IGN);
	(void)signal(SIGTTOU, SIG_IGN);
	(void)sigemptyset(&child);
	(void)sigaddset(&child, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &child, NULL);
	children = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
	snprintf(path, sizeof(path), "%s.screen", argv[0]);
	screen = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	open_terminal();
	(void)fcntl(master, F_SETFL, O_NONBLOCK);
	start(argv + 1, background);
	snprintf(path, sizeof(path), "%s.in", argv[0]);
	if (mkfifo(path, 0666) < 0 || chmod(path, 0666) < 0)
		die("mkfifo");
	words = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	for (;;) {
		struct pollfd fds[3] = { { words, POLLIN, 0 }, { master, POLLIN, 0 }, { children, POLLIN, 0 } };
		struct signalfd_siginfo info;

		(void)poll(fds, 3, -1);
		show();
		if (fds[2].revents && read(children, &info, sizeof(info)) > 0 && running)
			running = look_at_job();
		if (fds[0].revents)
			obey_all(words);
	}
}
