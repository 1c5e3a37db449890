/*
 * Raw system calls: 0 or more, or -errno. Nothing here touches errno, TLS, stdio or malloc, so
 * all of it may run in a
 * CLONE_VM child while the keeper runs on in the same memory.
 */
#ifndef OSTLER_SYS_H
#define OSTLER_SYS_H

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

#if defined(__x86_64__)

static inline long sys_call(long nr, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
}

/*
 * A clone whose child has a stack of its own: it runs fn(arg) there and must never return from
 * it.
 */
static inline long sys_clone_on_stack(long nr, long a, long b, long c, void (*fn)(void *),
				      void *arg)
{
	register void (*entry)(void *) __asm__("r12") = fn;
	register void *entry_arg __asm__("r13") = arg;
	long ret;

	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "xor %%ebp, %%ebp\n\t"
			 "mov %%r13, %%rdi\n\t"
			 "call *%%r12\n\t"
			 "hlt\n"
			 "1:"
			 : "=a"(ret)
			 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(entry), "r"(entry_arg)
			 : "rcx", "r11", "memory");
	return ret;
}

#elif defined(__aarch64__)

static inline long sys_call(long nr, long a, long b, long c, long d, long e, long f)
{
	register long x8 __asm__("x8") = nr;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;

	__asm__ volatile("svc #0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
			 : "memory");
	return x0;
}

static inline long sys_clone_on_stack(long nr, long a, long b, long c, void (*fn)(void *),
				      void *arg)
{
	register long x8 __asm__("x8") = nr;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register void (*entry)(void *) __asm__("x21") = fn;
	register void *entry_arg __asm__("x22") = arg;

	__asm__ volatile("svc #0\n\t"
			 "cbnz x0, 1f\n\t"
			 "mov x29, xzr\n\t"
			 "mov x0, x22\n\t"
			 "blr x21\n\t"
			 "brk #0\n"
			 "1:"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(entry), "r"(entry_arg)
			 : "memory", "x30");
	return x0;
}

#else
#error "only x86-64 and aarch64 are supported"
#endif

#define SYS_A(x) ((long)(x))
#define sys0(nr) sys_call(nr, 0, 0, 0, 0, 0, 0)
#define sys1(nr, a) sys_call(nr, SYS_A(a), 0, 0, 0, 0, 0)
#define sys2(nr, a, b) sys_call(nr, SYS_A(a), SYS_A(b), 0, 0, 0, 0)
#define sys3(nr, a, b, c) sys_call(nr, SYS_A(a), SYS_A(b), SYS_A(c), 0, 0, 0)
#define sys4(nr, a, b, c, d) sys_call(nr, SYS_A(a), SYS_A(b), SYS_A(c), SYS_A(d), 0, 0)
#define sys5(nr, a, b, c, d, e) sys_call(nr, SYS_A(a), SYS_A(b), SYS_A(c), SYS_A(d), SYS_A(e), 0)

static inline void sys_exit(int code)
{
	for (;;)
		(void)sys1(SYS_exit_group, code);
}

static inline int sys_openat(int dir, const char *path, int flags)
{
	return (int)sys4(SYS_openat, dir, path, flags, 0);
}

static inline int sys_close(int fd)
{
	return (int)sys1(SYS_close, fd);
}

static inline int sys_fcntl(int fd, int cmd, long arg)
{
	return (int)sys3(SYS_fcntl, fd, cmd, arg);
}

static inline long sys_pread(int fd, void *buf, size_t count, long offset)
{
	return sys4(SYS_pread64, fd, buf, count, offset);
}

static inline long sys_read(int fd, void *buf, size_t count)
{
	long r;

	do
		r = sys3(SYS_read, fd, buf, count);
	while (r == -EINTR);
	return r;
}

static inline long sys_write(int fd, const void *buf, size_t count)
{
	long r;

	do
		r = sys3(SYS_write, fd, buf, count);
	while (r == -EINTR);
	return r;
}

static inline int sys_prctl(int option, unsigned long a, unsigned long b)
{
	return (int)sys5(SYS_prctl, option, a, b, 0, 0);
}

static inline int sys_getpid(void)
{
	return (int)sys0(SYS_getpid);
}

static inline int sys_getppid(void)
{
	return (int)sys0(SYS_getppid);
}

/* set: the kernel's 64-bit mask, bit n-1 for signal n */
static inline int sys_sigmask(uint64_t set)
{
	return (int)sys4(SYS_rt_sigprocmask, 2 /* SIG_SETMASK */, &set, 0, sizeof(set));
}

static inline void sys_sleep_ms(long ms)
{
	long ts[2] = { ms / 1000, ms % 1000 * 1000000 };

	(void)sys2(SYS_nanosleep, ts, 0);
}

#endif
