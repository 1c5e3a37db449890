/*
 * Inside of the interpreter: how ops see their arguments, the launch they belong to, and how they
 * refuse.
 */
#ifndef OSTLER_OPS_H
#define OSTLER_OPS_H

#include "launch.h"
#include "sys.h"

enum {
	PLAN_MAX_TARGETS = 256, /* 200 passed descriptors, stdio, /dev/null: more has no source */
	PLAN_MAX_TARGET = 1 << 20, /* fs.nr_open of most hosts; keeps "above all targets" an int */
	MAX_IDMAPPED = 16, /* descriptors that are handed to the payload */
	AFFINITY_MAX_CPUS = 8192, /* NR_CPUS of the largest distribution kernels */
	NUMA_MAX_NODES = 1024, /* MAX_NUMNODES where NODES_SHIFT is largest */
	COREDUMP_FILTER_BITS = 0x1ff, /* MMF_DUMP_FILTER_BITS: the kernel ignores others silently */
	OWN_VARIABLES = 4, /* NOTIFY_SOCKET, LISTEN_PID, WATCHDOG_PID, and one to spare */
	OWN_VARIABLE_BYTES = 48,
	OWN_NAME_BYTES = 24, /* leaves room for "=" and a number of 64 bits */
};

/*
 * The flag of the SECCOMP op: beyond what seccomp(2) takes, so that the two do not meet. From then
 * on no call but execve, write and exit_group may be made.
 */
#define SECCOMP_QUIET (1ULL << 32)
enum { SECCOMP_MAX_INSTRUCTIONS = 4096 }; /* BPF_MAXINSNS */

/* Source kinds of the FDS op. */
enum { FDS_PASSED = 0, FDS_OWN = 1, FDS_NULL = 2 };

/* The byte that goes with the socket of NOTIFY_SOCKET. */
enum { NOTIFY_CHANNEL_KIND = 'N' };

/* Kinds of the ROOT op: a new file system, a copy of what is mounted at a path, an overlay. */
enum { ROOT_NEW = 0, ROOT_COPY = 1, ROOT_OVERLAY = 2 };

/* Flags of the BIND op: the low bits are MOUNT_ATTR_*. */
enum {
	BIND_ATTRIBUTES = 0x20000f, /* RDONLY, NOSUID, NODEV, NOEXEC, NOSYMFOLLOW */
	BIND_RECURSIVE = 1 << 24,
	BIND_OPTIONAL = 1 << 25, /* a source that does not exist is left out */
	BIND_FROM_ROOT = 1 << 26, /* the source is a path in the new root */
	BIND_FLAGS = BIND_ATTRIBUTES | BIND_RECURSIVE | BIND_OPTIONAL | BIND_FROM_ROOT,
};

/* What the NAMESPACES op may ask of the clone. */
enum {
	NAMESPACE_FLAGS = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC |
			  CLONE_NEWUTS,
};

/* What HOST_NETWORK and NETWORK do; ops_network.c says with which arguments. */
enum network_action {
	NETWORK_VETH = 0,
	NETWORK_BRIDGE = 1,
	NETWORK_ADDRESS = 2,
	NETWORK_UP = 3,
	NETWORK_ROUTE = 4,
};

/* detail 1 of a refused EXECVE with ENOENT: what does not exist. */
enum { EXECVE_FILE = 0, EXECVE_INTERPRETER = 1, EXECVE_LOADER = 2 };

enum op_code {
#define OP(code, name, signature, manual) OP_##name = code,
#include "ops.def"
#undef OP
};

/* Arguments of an op that plan_decode has checked: read in the order of the signature. */
struct args {
	const uint8_t *at;
};

uint32_t arg_count(struct args *args); /* of a list; its elements follow */
uint64_t arg_u64(struct args *args);
const char *arg_string(struct args *args);

struct plan_op {
	uint32_t code;
	uint32_t origin;
	struct args args;
};

/* Read the op at this place of a decoded plan; returns the place of the next one. */
const uint8_t *plan_next_op(const uint8_t *at, struct plan_op *ret);

/* Checks of plan_decode: why an op is refused, or NULL. Of a list: its length, and each number. */
const char *plan_check_list(struct args args, uint32_t least, uint32_t most, uint64_t limit);
const char *plan_check_resource(const struct plan *plan, uint32_t code, struct args args);
const char *plan_check_network(const struct plan *plan, uint32_t code, struct args args);

bool plan_has_op(const struct plan *plan, uint32_t code);

/*
 * A plan being run by the process that becomes the service. Lives in memory of this launch alone.
 */
struct launch {
	struct plan plan;
	const int *fds; /* passed descriptors */
	int exec_pipe; /* write end, or -1: run in place */
	int message_fd; /* in place: a copy of the standard error of before, or -1 */
	int status_fd; /* the guard's end of its status channel, or -1 */
	int terminal_fd; /* the launch's end of the relay's socket, or -1: terminal.h */
	uint64_t namespace_flags; /* CLONE_NEW* of the payload's clone */
	int release_fd, releasing_fd; /* pipe: the child waits for its maps; or -1 */
	pid_t child; /* of the parent that does HOST_NETWORK for it; else 0 */
	uint32_t host_link; /* index of the host's end of a veth pair, or 0 */
	int idmapped[MAX_IDMAPPED]; /* mounts made by the parent, of each BIND with a map */
	uint32_t n_idmapped, idmapped_used;
	int host_fd, root_fd; /* between ROOT and PIVOT; else -1 */
	bool root_is_host; /* the root is a copy of the host's own tree */
	int proc_fd; /* from PIVOT to VERIFY_MOUNTS, where mounts cannot be listed; else -1 */
	struct made_mount *mounts; /* mounts.h; with room for each op that makes one */
	uint32_t n_mounts;
	int cgroup_fd; /* directory to be in, or -1 */
	bool join_cgroup; /* the clone did not do it */
	bool shares_memory; /* CLONE_VM */
	bool sets_nofile; /* nofile is still to be set */
	struct rlimit nofile;
	bool ready; /* launch_ready has been called */
	bool quiet; /* a filter is in force: see SECCOMP_QUIET */
	pid_t parent; /* who must be the parent when the death signal is armed */
	char *const *extra_argv; /* appended to argv of EXECVE */
	size_t n_extra_argv;
	/* NAME=value of the launch itself; each takes the place of the plan's variable */
	char variables[OWN_VARIABLES][OWN_VARIABLE_BYTES];
	uint32_t n_variables;
	uint32_t cpu, node; /* where AFFINITY saw us, or UINT32_MAX */
	/* for pointer arrays and group lists, as large as they need to be */
	uint8_t *arena;
	struct refusal refusal; /* filled when an op returns -errno */
};

/* Bytes of memory, for arena and mounts, that running this plan takes. */
size_t launch_memory_bytes(const struct plan *plan, size_t n_extra_argv);

/* Divide that memory, which must be zero, for the plan of this launch. */
void launch_use_memory(struct launch *launch, void *memory);

/* Run all ops. Returns only on failure: -errno, launch->refusal filled. */
int launch_run(struct launch *launch);

/*
 * Run what the parent does for a child that waits in its namespaces. 0 or what refuse() returned;
 * launch->host_link must then be given to network_remove once the child has ended.
 */
int launch_run_for_child(struct launch *launch, pid_t child);

/* Delete the host's end of a veth pair, and by it the pair, if it is there still. 0: no pair. */
void network_remove(uint32_t host_link);

/*
 * What comes last before execve and a filter might not let through: the limit of descriptors, and
 * the signal mask emptied. Only the first call does something. 0, or what refuse() returned.
 */
int launch_ready(struct launch *launch);

/*
 * Clone a child that runs fn(launch) and never returns from it; with fn NULL it returns 0, as fork.
 * stack: top of its own stack (the child shares memory), or NULL (copy-on-write). The pid, or
 * -errno of the call named in *ret_call.
 */
int launch_clone(struct launch *launch, void (*fn)(void *), void *stack, size_t stack_bytes,
		 int *ret_pidfd, const char **ret_call);

/* Write the refusal into the exec pipe. */
void launch_send_refusal(const struct launch *launch);

/*
 * setns into the namespaces of a JOIN or JOIN_PROCESS op whose time has come: for user and pid
 * namespaces that is before the clone, for all others after it. Nothing when there are none.
 */
int join_namespace(struct launch *launch, struct args *args, bool before_clone);
int join_process(struct launch *launch, struct args *args, bool before_clone);

/* Put the variables of the launch into the environment, in place of those of the same names. */
void own_variables(const struct launch *launch, const char **envp);

/*
 * Write a number into a file of /proc/self that belongs to the memory. what: its name in a refusal.
 */
int write_own_proc(struct launch *launch, const char *path, const char *what, int64_t number);

/* Entry of the process that becomes the service, and of the one that guards it. */
void launch_child_main(void *launch);
void guard_main(void *launch);

/* One per op: 0, or what refuse() returned. */
#define OP(code, name, signature, manual) int op_##name(struct launch *launch, struct args *args);
#include "ops.def"
#undef OP

/*
 * Text built piece by piece into a fixed buffer; what does not fit is cut. Always NUL-terminated.
 */
struct text {
	char *at;
	size_t left; /* without the NUL */
};

void text_add(struct text *text, const char *piece);
void text_add_number(struct text *text, uint64_t value);
void text_add_signed(struct text *text, int64_t value);
void text_add_list_item(struct text *text, const char *start, const char *item);

/* What is wrong with the arguments of LANDLOCK, static text, or NULL. */
const char *check_landlock(struct args args);

/* Where rule number rule of a LANDLOCK op, from 1, comes from; NULL when there is none. */
const char *landlock_rule_origin(struct args args, uint32_t rule);

/* The object field of the refusal, emptied, for text_add. */
struct text refusal_object(struct launch *launch);

/*
 * Fill the refusal around the object that is there. error is -errno, and returned. nr -1: a
 * read-back differs.
 */
int refuse(struct launch *launch, long nr, const char *call, long error);
int refuse_named(struct launch *launch, long nr, const char *call, long error, const char *object);
int refuse_number(struct launch *launch, long nr, const char *call, long error, const char *what,
		  uint64_t number);

#endif
