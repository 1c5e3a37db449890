/*
 * One launch: from a decoded plan to a running process. README.md section 2.
 */
#ifndef OSTLER_LAUNCH_H
#define OSTLER_LAUNCH_H

#include "plan.h"

#include <sys/resource.h>
#include <sys/types.h>

/* What the kernel refused. Written as it is into the exec pipe; 256 bytes, little-endian. */
struct refusal {
	uint32_t op; /* index into the plan */
	uint32_t sub; /* element of the op's list; of LANDLOCK the rule, from 1 */
	int32_t call_nr; /* system call number, -1: a read-back differs from what was set */
	int32_t error; /* positive errno */
	uint64_t detail1;
	uint64_t detail2;
	char call[24];
	char object[200];
};
_Static_assert(sizeof(struct refusal) == 256, "refusal record");

/* The record of a start in the exec pipe: H, cpu, node. */
enum { LAUNCH_START_BYTES = 9 };

struct launch_request {
	const struct plan *plan;
	const int *fds; /* plan->n_fds passed descriptors, stay the caller's */
	int cgroup_fd; /* cgroup v2 directory or -1 */
	const struct rlimit *nofile; /* set before EXECVE, unless the plan does it */
};

/* A launch under way. Owned by the caller of launch_start until launch_release. */
struct launch_child {
	pid_t pid; /* the clone: payload, or guard with PLAN_STAY */
	int pidfd;
	int exec_pipe; /* read end, non-blocking */
	int status_fd; /* the guard's status channel, non-blocking, or -1 */
	void *memory; /* stack and arena of a CLONE_VM child; released by launch_release */
	size_t memory_bytes;
	uint8_t report[512]; /* bytes of the exec pipe so far */
	size_t report_bytes;
};

enum launch_outcome {
	LAUNCH_PENDING, /* the exec pipe is still open */
	LAUNCH_RUNNING, /* execve happened */
	LAUNCH_REFUSED, /* refusal filled */
	LAUNCH_DIED, /* gone before execve; the wait status tells how */
};

struct launch_report {
	enum launch_outcome outcome;
	uint32_t cpu, node; /* LAUNCH_RUNNING, UINT32_MAX where not asked */
	struct refusal refusal; /* LAUNCH_REFUSED */
};

/*
 * Clone a child that runs the plan. The caller's signals must all be blocked. Never waits.
 * clone3 first; on ENOSYS or EPERM clone(2) with CLONE_PIDFD, and the cgroup joined by writing
 * cgroup.procs. 0, or -errno of the call that failed, named in *ret_call ("clone3", "pipe2",
 * "mmap"). Nothing is left behind then.
 */
int launch_start(const struct launch_request *request, struct launch_child *ret,
		 const char **ret_call);

/* Read what the exec pipe has. Never blocks. */
void launch_poll(struct launch_child *child, struct launch_report *ret);

/*
 * Close the exec pipe and unmap the child's memory. Only after launch_poll gave something other
 * than LAUNCH_PENDING, or after the child was reaped. pidfd and status_fd stay open: they are the
 * caller's now.
 */
void launch_release(struct launch_child *child);

/* Messages of a guard on its status channel; GUARD_FOLLOW is also the one that it gets. */
enum { GUARD_MAIN = 'M', GUARD_EXITED = 'E', GUARD_FOLLOW = 'F' };

struct guard_message {
	uint32_t kind; /* GUARD_MAIN has the pidfd attached */
	uint32_t pid; /* of GUARD_FOLLOW as whoever gets it counts */
	int32_t wait_status; /* of the answer to GUARD_FOLLOW: 0, or -errno */
	uint32_t zero;
	uint64_t utime_us, stime_us, maxrss_kib;
};

/*
 * Print "cannot start: <call> "<object>": <ERRNO> (<text>) at <origin>" to fd 2.
 * Name of an errno: "ENOENT".
 */
void refusal_print(const struct plan *plan, const struct refusal *refusal);
const char *errno_name(int error);

#endif
