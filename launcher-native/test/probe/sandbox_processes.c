/* P25, P33, P37: other processes, the processor and the clocks. */
#include "probe.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { LOOKS = 100000 };

static pid_t outside(void)
{
	return (pid_t)given_number("outside");
}

static long kill_outside(void) { return kill(outside(), 0); }
static long trace_outside(void) { return ptrace(PTRACE_SEIZE, outside(), 0, 0); }

static long read_outside(void)
{
	uint64_t word;
	struct iovec to = { &word, sizeof(word) }, from = { (void *)0x10000, sizeof(word) };
	long r = syscall(SYS_process_vm_readv, outside(), &to, 1, &from, 1, 0);

	return r < 0 && errno != EFAULT ? -1 : say("readable");
}

static long take_descriptor(void)
{
	int pidfd = (int)syscall(SYS_pidfd_open, outside(), 0);

	return pidfd < 0 || syscall(SYS_pidfd_getfd, pidfd, 0, 0) < 0 ? -1 : 0;
}

static long compare_outside(void) { return syscall(SYS_kcmp, getpid(), outside(), 0, 0, 0) < 0 ? -1 : 0; }
static long trace_init(void) { return ptrace(PTRACE_SEIZE, 1, 0, 0); }

/* What may be signalled beside the probe itself. */
static long kill_all(void) { return kill(-1, 0); }

/* All CPUs of the machine: the kernel keeps to those that the cpuset has, and says nothing. */
static long all_cpus(void)
{
	cpu_set_t before, wide, after;

	(void)memset(&wide, 0xff, sizeof(wide));
	if (sched_getaffinity(0, sizeof(before), &before) < 0 || sched_setaffinity(0, sizeof(wide), &wide) < 0 ||
	    sched_getaffinity(0, sizeof(after), &after) < 0)
		return -1;
	return CPU_COUNT(&after) > CPU_COUNT(&before) ? say("more than before") : say("no more than before");
}

static long real_time(void)
{
	struct sched_param parameter = { .sched_priority = 1 };

	return sched_setscheduler(0, SCHED_FIFO, &parameter);
}

static long move_outside(void) { return syscall(SYS_migrate_pages, outside(), 0, NULL, NULL) < 0 ? -1 : 0; }

static long clocks(void)
{
	struct timespec last = { 0, 0 }, now;

	for (int i = 0; i < LOOKS; i++) {
		if (clock_gettime(CLOCK_MONOTONIC, &now) < 0)
			return -1;
		if (now.tv_sec < last.tv_sec || (now.tv_sec == last.tv_sec && now.tv_nsec < last.tv_nsec))
			return say("goes back");
		last = now;
	}
	return say("forward");
}


const struct probe process_probes[] = {
	{ "P25.kill_outside", kill_outside, "outside" },
	{ "P25.ptrace_outside", trace_outside, "outside" },
	{ "P25.process_vm_readv_outside", read_outside, "outside" },
	{ "P25.pidfd_getfd_outside", take_descriptor, "outside" },
	{ "P25.kcmp_outside", compare_outside, "outside" },
	{ "P25.ptrace_init", trace_init, NULL },
	{ "P25.kill_all", kill_all, NULL },
	{ "P33.all_cpus", all_cpus, NULL },
	{ "P33.sched_fifo", real_time, NULL },
	{ "P33.migrate_pages_outside", move_outside, "outside" },
	{ "P37.monotonic", clocks, NULL },
	{ NULL, NULL, NULL },
};
