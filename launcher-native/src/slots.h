/*
 * The keeper's children. A slot is taken by SPAWN and freed by ACK; what happened to the child
 * stays in it until then, so that nothing is lost to a full socket or to the death of the JVM. All
 * memory is mapped once; untouched slots cost none.
 */
#ifndef OSTLER_SLOTS_H
#define OSTLER_SLOTS_H

#include "proto.h"

/* Lists a slot can be on. */
enum slot_list {
	LIST_DIRTY, /* has events to send */
	LIST_UNACKED, /* its last event was given to the supervisor; oldest first */
	LIST_LAUNCHING, /* the exec pipe is open */
	N_LISTS,
};

/* Events in the order in which they are sent. */
enum slot_event {
	HAD_SPAWNED = 1,
	HAD_RUNNING = 2,
	HAD_FAILED = 4,
	HAD_EXITED = 8,
	HAD_GONE = 16,
	ANSWERED_FOLLOW = 32, /* only ever pending: whoever has not asked is not told */
};

/* Which of a slot's processes a pid is. */
enum slot_process { PROCESS_MAIN, PROCESS_GUARD, N_PROCESSES };

enum { SLOT_NONE = UINT32_MAX };

/*
 * What is needed only until the launch is over, or, when it was refused, until that is
 * acknowledged.
 */
struct launch_entry {
	struct launch_child child;
	struct refusal refusal;
	uint32_t next_free; /* index + 1 */
};

/* What ARM has left for the time after a run; owns the descriptors. */
struct armed_run {
	struct proto_arm asked;
	int plan_fd, cgroup_fd;
	int events_fd; /* cgroup.events of the run before, or -1 */
	int fds[PROTO_ARM_FDS];
	uint32_t n_fds;
};

struct slot {
	struct proto_key key; /* service is empty in a free slot */
	uint32_t pid[N_PROCESSES];
	int pidfd[N_PROCESSES];
	int status_fd;
	int follow_fd; /* pidfd of who is to be the main process once the guard agrees, or -1 */
	uint32_t follow_pid;
	int32_t follow_error; /* of the latest answer */
	uint32_t stop_signal, grace_ms, rank, flags;
	uint8_t mode;
	uint8_t had, pending; /* bits of slot_event */
	uint8_t on_lists;
	bool launching; /* the launch entry's exec pipe is open */
	bool died; /* the exec pipe ended with neither R nor H */
	bool guard_ended;
	bool armed; /* another run follows its end: slots_armed */
	bool followed; /* the main process is not the one that was launched */
	bool stop_sent, kill_sent; /* the keeper stops alone: keeper_stop.c */
	uint32_t failure;
	int32_t failure_code;
	uint32_t cpu, node;
	uint64_t start_ns, start_wall_ms;
	int32_t wait_status;
	uint32_t gone;
	uint32_t next_run; /* that followed it, having been armed; or 0 */
	uint64_t utime_us, stime_us, maxrss_kib, exit_ns;
	uint64_t launch_deadline_ns, ack_deadline_ns, stop_deadline_ns;
	uint32_t launch; /* index of the launch entry or SLOT_NONE */
	uint32_t generation; /* of the JVM that knows this slot */
	uint32_t next_key; /* index + 1, also links free slots */
	uint32_t next_pid[N_PROCESSES]; /* (index << 1 | process) + 1 */
	uint32_t list_prev[N_LISTS], list_next[N_LISTS];
};
_Static_assert(sizeof(struct slot) <= 600, "a thousand services stay below a megabyte");

struct slots {
	struct slot *slot;
	struct launch_entry *launches;
	struct armed_run *armed; /* one for each slot */
	uint32_t *by_pid, *by_key; /* hash heads, index + 1 */
	uint32_t hash_mask;
	uint32_t capacity, used;
	uint32_t high, free; /* slots never taken start at high; free is index + 1 */
	uint32_t launch_high, launch_free;
	uint32_t head[N_LISTS], tail[N_LISTS]; /* index or SLOT_NONE */
};

int slots_init(struct slots *slots, uint32_t capacity);

/* A zeroed slot for key, or NULL when all are taken. */
struct slot *slots_take(struct slots *slots, const struct proto_key *key);

/* Give the slot back; its descriptors are closed already. */
void slots_release(struct slots *slots, struct slot *slot);

struct slot *slots_find(const struct slots *slots, const struct proto_key *key);

/* Whether a slot of this service has this run number or a later one. */
bool slots_known(const struct slots *slots, const struct proto_key *key);

static inline uint32_t slots_index(const struct slots *slots, const struct slot *slot)
{
	return (uint32_t)(slot - slots->slot);
}

static inline bool slot_taken(const struct slot *slot)
{
	return slot->key.service[0] != 0;
}

/* Nothing of the child is left and no further event will come. */
static inline bool slot_is_final(const struct slot *slot)
{
	return (slot->had & HAD_GONE) || ((slot->had & HAD_EXITED) && slot->gone) ||
	       ((slot->had & HAD_FAILED) && slot->failure == PROTO_CLONE_REFUSED);
}

static inline struct armed_run *slots_armed(const struct slots *slots, const struct slot *slot)
{
	return &slots->armed[slots_index(slots, slot)];
}

/* There is one launch entry per slot, so this cannot fail after slots_take. */
struct launch_entry *slots_take_launch(struct slots *slots, struct slot *slot);
void slots_release_launch(struct slots *slots, struct slot *slot);

void slots_map_pid(struct slots *slots, struct slot *slot, enum slot_process process, uint32_t pid);
void slots_unmap_pid(struct slots *slots, struct slot *slot, enum slot_process process);
struct slot *slots_by_pid(const struct slots *slots, uint32_t pid, enum slot_process *ret_process);

/* Put at the end unless it is there already; take out if it is there. */
void slots_push(struct slots *slots, enum slot_list list, struct slot *slot);
void slots_remove(struct slots *slots, enum slot_list list, struct slot *slot);
struct slot *slots_first(const struct slots *slots, enum slot_list list);
struct slot *slots_next(const struct slots *slots, enum slot_list list, const struct slot *slot);

#endif
