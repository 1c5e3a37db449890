/*
 * Makes the system calls that its arguments name, each in a child of its own, and prints "NAME RESULT": "ok", an errno
 * as a number, or "signal N". With "all" it makes all of them. Nothing here changes the machine when it is allowed.
 */
#include <fcntl.h>
#include <errno.h>
#include <linux/sched.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef PTRACE_O_SUSPEND_SECCOMP
#define PTRACE_O_SUSPEND_SECCOMP (1 << 21)
#endif
#define HIGH_BITS 0x7777777700000000L

static char *page;

/* A call by number with up to six arguments; -1 and errno. */
static long raw(long number, long a, long b, long c, long d, long e)
{
	return syscall(number, a, b, c, d, e);
}

#ifdef SYS_modify_ldt
static long do_modify_ldt(void) { return raw(SYS_modify_ldt, 0, (long)page, 16, 0, 0); }
static long do_set_thread_area(void) { return raw(SYS_set_thread_area, 0, 0, 0, 0, 0); }
#endif

static long do_remap_file_pages(void) { return raw(SYS_remap_file_pages, (long)page, 4096, 0, 0, 0); }
static long do_kcmp(void) { return raw(SYS_kcmp, getpid(), getpid(), 0, 0, 0); }
static long do_process_vm_readv(void)
{
	struct iovec to = { page, 8 }, from = { page + 8, 8 };

	return syscall(SYS_process_vm_readv, getpid(), &to, 1, &from, 1, 0);
}

static long do_process_vm_writev(void)
{
	struct iovec from = { page, 8 }, to = { page + 8, 8 };

	return syscall(SYS_process_vm_writev, getpid(), &from, 1, &to, 1, 0);
}

static long do_open_by_handle_at(void) { return raw(SYS_open_by_handle_at, -1, (long)page, 0, 0, 0); }
static long do_fanotify_init(void) { return raw(SYS_fanotify_init, 0x200 /* FAN_REPORT_FID */, 0, 0, 0, 0); }
static long do_fcntl_notify(void) { return fcntl(open("/", O_RDONLY | O_DIRECTORY), F_NOTIFY, 0); }

/* The child of a clone leaves at once, by a raw call: it has our memory's copy and nothing else to do. */
static long clone_with(unsigned long flags)
{
	long r = raw(SYS_clone, (long)(flags | SIGCHLD), 0, 0, 0, 0);

	if (r == 0)
		_exit(0);
	return r;
}

static long do_clone_newuser(void) { return clone_with(CLONE_NEWUSER); }
static long do_clone_newns(void) { return clone_with(CLONE_NEWNS); }
static long do_clone_plain(void) { return clone_with(0); }
static long do_unshare_newuser(void) { return raw(SYS_unshare, CLONE_NEWUSER, 0, 0, 0, 0); }
static long do_unshare_files(void) { return raw(SYS_unshare, CLONE_FILES, 0, 0, 0, 0); }
static long do_setns(void) { return raw(SYS_setns, -1, 0, 0, 0, 0); }
static long do_clone3(void) { return raw(SYS_clone3, 0, 0, 0, 0, 0); }
static long do_io_uring_setup(void) { return raw(SYS_io_uring_setup, 1, 0, 0, 0, 0); }
static long do_mount(void) { return raw(SYS_mount, 0, 0, 0, 0, 0); }
static long do_fsopen(void) { return raw(SYS_fsopen, 0, 0, 0, 0, 0); }
static long do_open_tree(void) { return raw(SYS_open_tree, -1, (long)"x", 0, 0, 0); }
static long do_move_mount(void) { return raw(SYS_move_mount, -1, (long)"", -1, (long)"", 0x1000000); }
static long do_mount_setattr(void) { return raw(SYS_mount_setattr, -1, (long)"", 0, 0, 0); }
static long do_bpf(void) { return raw(SYS_bpf, -1, 0, 0, 0, 0); }
static long do_keyctl(void) { return raw(SYS_keyctl, 0 /* GET_KEYRING_ID */, -5, 0, 0, 0); }
static long do_userfaultfd(void) { return raw(SYS_userfaultfd, 1 /* UFFD_USER_MODE_ONLY */, 0, 0, 0, 0); }
static long do_number_400(void) { return raw(400, 0, 0, 0, 0, 0); }
static long do_number_1000(void) { return raw(1000, 0, 0, 0, 0, 0); }
static long do_getpid(void) { return raw(SYS_getpid, 0, 0, 0, 0, 0); }
static long do_personality_get(void) { return raw(SYS_personality, 0xffffffff, 0, 0, 0, 0); }
static long do_personality_bsd(void) { return raw(SYS_personality, PER_BSD, 0, 0, 0, 0); }

/* The kernel takes 32 bits of the command: what stands above them must not deceive a filter. */
static long do_ioctl_tiocsti(void) { return raw(SYS_ioctl, 0, TIOCSTI, 0, 0, 0); }
static long do_ioctl_tiocsti_high(void) { return raw(SYS_ioctl, 0, TIOCSTI | HIGH_BITS, 0, 0, 0); }
static long do_ioctl_fionread_high(void)
{
	int ends[2], n;

	return pipe(ends) < 0 ? -1 : raw(SYS_ioctl, ends[0], FIONREAD | HIGH_BITS, (long)&n, 0, 0);
}

static long do_socket_unix(void) { return socket(AF_UNIX, SOCK_STREAM, 0); }
static long do_socket_inet(void) { return socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0); }
static long do_socket_inet6(void) { return socket(AF_INET6, SOCK_STREAM, 0); }
static long do_socket_inet_raw(void) { return socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, 255); }
static long do_socket_route(void) { return socket(AF_NETLINK, SOCK_RAW, 0); }
static long do_socket_audit(void) { return socket(AF_NETLINK, SOCK_RAW, 9); }
static long do_socket_packet(void) { return socket(AF_PACKET, SOCK_DGRAM, 0); }
static long do_socket_vsock(void) { return socket(AF_VSOCK, SOCK_STREAM, 0); }
static long do_socket_alg(void) { return socket(AF_ALG, SOCK_SEQPACKET, 0); }
static long do_socket_packet_high(void) { return raw(SYS_socket, AF_PACKET | HIGH_BITS, SOCK_DGRAM, 0, 0, 0); }

/* Switching a tracee's filters off, which only a process without filters of its own may. */
static long do_ptrace_suspend(void)
{
	pid_t child = fork();
	int saved;
	long r;

	if (child == 0)
		for (;;)
			pause();
	r = ptrace(PTRACE_SEIZE, child, 0, PTRACE_O_SUSPEND_SECCOMP);
	saved = errno;
	(void)kill(child, SIGKILL);
	(void)waitpid(child, NULL, 0);
	errno = saved;
	return r;
}

static void *thread(void *arg)
{
	return arg;
}

static long do_pthread_create(void)
{
	pthread_t id;
	int r = pthread_create(&id, NULL, thread, NULL);

	if (r == 0)
		(void)pthread_join(id, NULL);
	errno = r;
	return r == 0 ? 0 : -1;
}

#ifdef __x86_64__
static long do_x32_getpid(void) { return raw(0x40000000 + SYS_getpid, 0, 0, 0, 0, 0); }

static long do_int80_getpid(void)
{
	long r;

	__asm__ volatile("int $0x80" : "=a"(r) : "a"(20L) : "memory");
	return r;
}
#endif

#define PROBE(name) { #name, do_##name }
static const struct probe {
	const char *name;
	long (*run)(void);
} probes[] = {
#ifdef SYS_modify_ldt
	PROBE(modify_ldt), PROBE(set_thread_area),
#endif
#ifdef __x86_64__
	PROBE(x32_getpid), PROBE(int80_getpid),
#endif
	PROBE(remap_file_pages), PROBE(kcmp), PROBE(process_vm_readv), PROBE(process_vm_writev),
	PROBE(open_by_handle_at), PROBE(fanotify_init), PROBE(fcntl_notify), PROBE(clone_newuser), PROBE(clone_newns),
	PROBE(clone_plain), PROBE(unshare_newuser), PROBE(unshare_files), PROBE(setns), PROBE(clone3),
	PROBE(io_uring_setup), PROBE(mount), PROBE(fsopen), PROBE(open_tree), PROBE(move_mount),
	PROBE(mount_setattr), PROBE(bpf), PROBE(keyctl), PROBE(userfaultfd), PROBE(number_400), PROBE(number_1000),
	PROBE(getpid), PROBE(personality_get), PROBE(personality_bsd), PROBE(ioctl_tiocsti),
	PROBE(ioctl_tiocsti_high), PROBE(ioctl_fionread_high), PROBE(socket_unix), PROBE(socket_inet),
	PROBE(socket_inet6), PROBE(socket_inet_raw), PROBE(socket_route), PROBE(socket_audit), PROBE(socket_packet),
	PROBE(socket_packet_high), PROBE(socket_vsock), PROBE(socket_alg), PROBE(ptrace_suspend),
	PROBE(pthread_create),
};

static void run(const struct probe *probe)
{
	int status = 0;
	pid_t child;

	(void)fflush(stdout);
	child = fork();
	if (child == 0) {
		long r = probe->run();

		(void)printf(r < 0 ? "%s %d\n" : "%s ok\n", probe->name, errno);
		(void)fflush(stdout);
		_exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		(void)printf("%s cannot be tried\n", probe->name);
	else if (WIFSIGNALED(status))
		(void)printf("%s signal %d\n", probe->name, WTERMSIG(status));
}

int main(int argc, char **argv)
{
	size_t i;
	int arg;

	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (arg = 1; arg < argc; arg++)
		for (i = 0; i < sizeof(probes) / sizeof(probes[0]); i++)
			if (strcmp(argv[arg], "all") == 0 || strcmp(argv[arg], probes[i].name) == 0)
				run(&probes[i]);
	return fflush(stdout) < 0;
}
