/* P19, P20, P21, P32, C26, C28, C29: system calls that sandboxes have forgotten. */
#include "probe.h"

#include <errno.h>
#include <linux/io_uring.h>
#include <linux/keyctl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef PTRACE_O_SUSPEND_SECCOMP
#define PTRACE_O_SUSPEND_SECCOMP (1 << 21)
#endif

static long number_1000(void) { return syscall(1000, 0, 0, 0, 0, 0, 0); }
static long number_last(void) { return syscall(0x3fffffff, 0, 0, 0, 0, 0, 0); }
static long linux32(void) { return personality(PER_LINUX32); }

static void *thread(void *argument)
{
	return argument;
}

static long threads(void)
{
	pthread_t id;

	errno = pthread_create(&id, NULL, thread, NULL);
	if (errno != 0)
		return -1;
	(void)pthread_join(id, NULL);
	return 0;
}

static long uring_setup(void)
{
	struct io_uring_params parameters;

	(void)memset(&parameters, 0, sizeof(parameters));
	return syscall(SYS_io_uring_setup, 1, &parameters) < 0 ? -1 : 0;
}

/* Without a ring, so what comes from the kernel itself is EBADF. */
static long uring_enter(void) { return syscall(SYS_io_uring_enter, -1, 0, 0, 0, 0, 0); }
static long uring_register(void) { return syscall(SYS_io_uring_register, -1, 0, 0, 0); }

/* Switching the filters of a child off. */
static long suspend_filters(void)
{
	pid_t child = fork();
	int saved;
	long r;

	if (child == 0)
		for (;;)
			(void)pause();
	r = ptrace(PTRACE_SEIZE, child, 0, PTRACE_O_SUSPEND_SECCOMP);
	saved = errno;
	(void)kill(child, SIGKILL);
	(void)waitpid(child, NULL, 0);
	errno = saved;
	return r;
}

static long session_key(void)
{
	return syscall(SYS_request_key, "user", given("key"), NULL, 0) < 0 ? -1 : say("found");
}

static long show_keys(void)
{
	return syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_USER_KEYRING, 0, 0, 0) < 0 ? -1 : 0;
}


#ifdef __x86_64__
static long int80(void)
{
	long r;

	__asm__ volatile("int $0x80" : "=a"(r) : "a"(20L) : "memory");
	return r > 0 ? 0 : -1;
}

static long x32(void) { return syscall(0x40000000 + SYS_getpid) < 0 ? -1 : 0; }
#endif

const struct probe call_probes[] = {
#ifdef __x86_64__
	{ "P19.int80", int80, NULL },
	{ "P19.x32", x32, NULL },
#endif
	{ "P19.personality_32", linux32, NULL },
	{ "P20.number_1000", number_1000, NULL },
	{ "P20.pthread_create", threads, NULL },
	{ "C28.number_0x3fffffff", number_last, NULL },
	{ "P21.io_uring_setup", uring_setup, NULL },
	{ "C26.io_uring_enter", uring_enter, NULL },
	{ "C26.io_uring_register", uring_register, NULL },
	{ "C29.ptrace_suspend_seccomp", suspend_filters, NULL },
	{ "P32.key_of_session", session_key, "key" },
	{ "P32.user_keyring", show_keys, NULL },
	{ NULL, NULL, NULL },
};
