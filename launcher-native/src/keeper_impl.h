/*
 * What the keeper's files share. keeper.c: the loop; keeper_wire.c: packets; keeper_requests.c:
 * what the supervisor asks; keeper_events.c: what it is told; keeper_launch.c: children;
 * keeper_follow.c: who of them is the main process; keeper_armed.c: the next run of one that ends;
 * keeper_jvm.c: the JVM; keeper_stop.c: alone.
 */
#ifndef OSTLER_KEEPER_IMPL_H
#define OSTLER_KEEPER_IMPL_H

#include "keeper.h"
#include "slots.h"
#include "store.h"

#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_S UINT64_C(1000000000)
#define NEVER UINT64_MAX

enum {
	JVM_DEATHS_LIMIT = 10, /* in a row before ADOPTED: then given up */
	JVM_DEATHS_WINDOW = 100, /* after ADOPTED, in JVM_DEATHS_WINDOW_S: from then on slower */
	JVM_DEATHS_WINDOW_S = 60,
	KEEPER_SIGNALS = 32,
	SIGNAL_REPEATS = 2, /* a second TERM means "now", a third nothing more */
};

/* What an epoll event is about; the low half of its data is a slot or store index. */
enum watch { WATCH_SIGNALS, WATCH_SOCKET, WATCH_EXEC_PIPE, WATCH_STATUS, WATCH_DRAIN };

struct packet_out {
	uint8_t bytes[PROTO_PACKET_MAX];
	size_t size;
	int fds[PROTO_SCM_MAX]; /* borrowed */
	uint32_t n_fds;
};

struct packet_in {
	uint8_t bytes[PROTO_PACKET_MAX];
	size_t size, offset;
	int fds[PROTO_SCM_MAX]; /* owned from next_fd on */
	uint32_t n_fds, next_fd;
	bool truncated; /* MSG_CTRUNC: a descriptor is missing */
};

enum jvm_state { JVM_ALIVE, JVM_DELAYED, JVM_GIVEN_UP };

struct jvm {
	enum jvm_state state;
	int pid; /* 0 when there is none */
	int socket; /* -1 when there is none */
	bool peer_gone; /* replies go nowhere */
	bool write_blocked; /* waiting for EPOLLOUT */
	bool adopted;
	bool killed; /* by us */
	uint8_t told[KEEPER_SIGNALS]; /* signals told to this one */
	uint32_t generation; /* counts the JVMs */
	uint32_t deaths, deaths_in_a_row, adopted_deaths;
	uint64_t start_at_ns; /* JVM_DELAYED */
	uint64_t adopted_deaths_ns[JVM_DEATHS_WINDOW]; /* ring */
};

struct keeper {
	const struct keeper_config *config;
	int epoll_fd, signal_fd, detach_fd;
	struct slots slots;
	struct store store;
	struct jvm jvm;
	uint8_t signals[KEEPER_SIGNALS]; /* how often each is still to be told */
	bool privileged, pid1, detached;
	bool children_changed; /* SIGCHLD was read */
	bool done;
	bool exit_asked; /* EXIT was asked: the JVM has until exit_at_ns to leave by itself */
	bool stopping; /* keeper_stop.c */
	int exit_code;
	uint64_t exit_at_ns;
	uint64_t launch_check_ns; /* no launch is due before */
	uint64_t quiet_until_ns; /* NEVER: nothing is kept back; see armed_is_quiet */
	uint64_t stop_check_ns;
	uint64_t orphans;
	uint64_t drained_bytes; /* log output thrown away since the JVM was given up */
	uint8_t *plan; /* PLAN_MAX_BYTES */
	struct packet_in in;
	struct packet_out out;
};

uint64_t now_ns(void);
int watch(struct keeper *k, int fd, enum watch kind, uint32_t index, uint32_t events);

/*
 * Closes also what a launching child still has open: such a copy would keep the registration alive.
 */
void unwatch_close(struct keeper *k, int *fd);

/* One line to stderr, dropped when that would block. */
__attribute__((format(printf, 1, 2))) void say(const char *format, ...);

/* keeper_wire.c. Room for a record; false: the socket is full, try again when it is writable. */
bool wire_room(struct keeper *k, size_t bytes, uint32_t n_fds);
void wire_add(struct keeper *k, uint16_t type, uint32_t seq, const void *payload, size_t size);
void wire_add_fd(struct keeper *k, int fd);
void wire_reply(struct keeper *k, uint32_t seq, int error);
bool wire_flush(struct keeper *k);

/* The next packet: 1, 0 at the end of the stream, -EAGAIN. */
int wire_receive(struct keeper *k);
int wire_take_fd(struct keeper *k);
void wire_drop_fds(struct keeper *k);

/* keeper_requests.c */
void requests_read(struct keeper *k);
/* Until nothing is there. False: the supervisor does not read its answers. */
bool requests_drain(struct keeper *k);

/* keeper_events.c */
void event_happened(struct keeper *k, struct slot *slot, enum slot_event event);
void event_answer(struct keeper *k, struct slot *slot, enum slot_event answer);
void events_hello(struct keeper *k);
void events_flush(struct keeper *k);
void events_forget_jvm(struct keeper *k);
bool events_list(struct keeper *k, uint32_t seq, uint32_t cursor);

/* keeper_launch.c */
int launch_spawn(struct keeper *k, const struct proto_spawn *spawn);
bool launch_is_key(const struct proto_key *key);
/* Into k->plan: it lasts until the next one is read. */
int launch_read_plan(struct keeper *k, int plan_fd, struct plan *ret);
/* All descriptors stay the caller's. generation: of the JVM that gets to know it. */
int launch_begin(struct keeper *k, const struct proto_spawn *spawn,
		 const struct launch_request *request, uint32_t generation);
void launch_progress(struct keeper *k, struct slot *slot);
void launch_ended(struct keeper *k, struct slot *slot, int wait_status);
void launch_check_deadlines(struct keeper *k, uint64_t now);
/* The ends that came while launches were not watched; from here on they are. */
void launch_look_at_all(struct keeper *k);
void slot_close(struct keeper *k, struct slot *slot);
void slot_kill(struct slot *slot);

/* keeper_reap.c */
void children_reap(struct keeper *k);
void guard_progress(struct keeper *k, struct slot *slot);

/* The number of a process in our pid namespace, by its pidfd; 0: it has none here, or is gone. */
uint32_t pidfd_number(int pidfd);

/* keeper_follow.c. pidfd is taken over when there is no error. */
int follow_asked(struct keeper *k, const struct proto_follow *follow, int pidfd);
/* What the guard says to it: 0 or -errno. Nothing is done when nothing was asked. */
void follow_answered(struct keeper *k, struct slot *slot, int error);

/* keeper_armed.c. The descriptors of the packet are taken. */
int armed_asked(struct keeper *k, const struct proto_arm *arm);
/* What follows a run, or with an empty key any run, follows it no more. -ENOENT: nothing did. */
int armed_dropped(struct keeper *k, const struct proto_key *key);
void armed_close(struct keeper *k, struct slot *slot);
void armed_close_all(struct keeper *k);
/* Before the end of a run is looked at: what the supervisor has asked before it counts. */
void armed_hear(struct keeper *k, struct slot *slot);
/* Nothing of the run is left, as far as we know: launch what follows it, or close it. */
void armed_fire(struct keeper *k, struct slot *slot);

/*
 * For a moment after armed_fire nobody looks at launches, and the supervisor is left asleep: both
 * would take the CPU from who is about to execute, or has just done so.
 */
bool armed_is_quiet(struct keeper *k, uint64_t now);

/* keeper_jvm.c */
void jvm_start(struct keeper *k);
void jvm_kill(struct keeper *k);
void jvm_died(struct keeper *k, int wait_status);
void jvm_check_unacked(struct keeper *k, uint64_t now);

/* keeper_stop.c */
void stop_begin(struct keeper *k);
void stop_step(struct keeper *k, uint64_t now);
void stop_drain_logs(struct keeper *k);
void stop_drain(struct keeper *k, uint32_t store_index);
bool children_live(const struct keeper *k);

#endif
