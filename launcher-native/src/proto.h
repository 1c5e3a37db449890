/*
 * The keeper's protocol, keeper <-> supervisor, and the frames of the control socket. README.md
 * sections 3 and 4. Everything is little-endian and packed; records are copied in and out, never
 * pointed at.
 */
#ifndef OSTLER_PROTO_H
#define OSTLER_PROTO_H

#include "launch.h"

#include <stdint.h>

#define PROTO_PACKED __attribute__((packed))

enum {
	PROTO_VERSION = 1,
	PROTO_PACKET_MAX = 64 * 1024,
	PROTO_SEND_BUFFER = 4 << 20, /* a default pair holds only 278 small packets */
	PROTO_SCM_MAX = 253, /* the kernel's SCM_MAX_FD */
	PROTO_EVENT_FDS = 200, /* up to each LIST_END */
	PROTO_ARM_FDS = 8, /* that a run which is armed can be passed */
	PROTO_LIST_ENTRIES = 64, /* all events of 64 slots fit one packet */
	PROTO_SERVICE_BYTES = 64,
	PROTO_NAME_BYTES = 128,
};

enum proto_type {
	PROTO_SPAWN = 1,
	PROTO_STORE,
	PROTO_DROP,
	PROTO_EXIT,
	PROTO_LIST,
	PROTO_ACK,
	PROTO_DETACH,
	PROTO_ADOPTED,
	PROTO_FOLLOW,
	PROTO_ARM,
	PROTO_DISARM,
	PROTO_OK = 64,
	PROTO_ERROR,
	PROTO_HELLO = 80,
	PROTO_SPAWNED,
	PROTO_RUNNING,
	PROTO_FAILED,
	PROTO_EXITED,
	PROTO_GONE,
	PROTO_SIGNAL,
	PROTO_FOLLOWED,
	PROTO_STORED = 91,
	PROTO_LIST_END,
};

/* Under this name the supervisor stores something once it has begun to stop everything. */
#define PROTO_STORE_STOPPING "stopping"

/* And under this one when it has done what a SIGHUP was sent for: nobody else is told of it. */
#define PROTO_STORE_RELOADED "reloaded"

enum proto_spawn_flags { PROTO_DECIDING = 1, PROTO_CGROUP = 2 };
enum proto_hello_flags { PROTO_PID1 = 1, PROTO_JVM_DIED = 2, PROTO_DETACHED = 4 };
enum proto_mode { PROTO_DIRECT, PROTO_GUARD };
enum proto_failure {
	PROTO_REFUSED = 1,
	PROTO_DIED,
	PROTO_CLONE_REFUSED,
	PROTO_DEADLINE,
};

struct proto_header {
	uint32_t length; /* including this header */
	uint16_t type;
	uint16_t zero;
	uint32_t seq;
	uint32_t zero2;
} PROTO_PACKED;

struct proto_key {
	uint32_t run;
	char service[PROTO_SERVICE_BYTES];
} PROTO_PACKED;

struct proto_spawn {
	struct proto_key key;
	uint32_t stop_signal;
	uint32_t grace_ms;
	uint32_t rank;
	uint32_t flags;
} PROTO_PACKED;

struct proto_hello {
	uint32_t version;
	uint32_t children;
	uint32_t stored;
	uint32_t flags;
	uint32_t jvm_deaths;
	uint32_t keeper_pid;
} PROTO_PACKED;

struct proto_spawned {
	struct proto_key key;
	uint32_t pid;
	uint32_t mode;
	uint64_t start_ns; /* CLOCK_MONOTONIC */
	uint64_t start_wall_ms;
	uint32_t guard_pid;
	uint32_t followed; /* 1: the main process is not the one that was launched */
} PROTO_PACKED;

struct proto_follow {
	struct proto_key key;
	uint32_t number; /* of the process in the pid namespace of the run's init; 0: has none */
} PROTO_PACKED;

struct proto_followed {
	struct proto_key key;
	uint32_t pid; /* of the main process now */
	int32_t error; /* positive errno; 0: it is the one that was asked for */
} PROTO_PACKED;

/* When the run before it ends, the run of spawn follows without being asked for. */
struct proto_arm {
	struct proto_spawn spawn;
	uint32_t after; /* number of the run before */
	uint32_t zero;
	uint64_t not_before_ns; /* CLOCK_MONOTONIC: an end before this is left to the supervisor */
	uint64_t signals; /* bit N - 1: death by signal N is one that it follows */
	uint8_t codes[32]; /* bit N: exit code N is */
} PROTO_PACKED;

struct proto_running {
	struct proto_key key;
	uint32_t cpu;
	uint32_t node;
} PROTO_PACKED;

struct proto_failed {
	struct proto_key key;
	uint32_t kind;
	int32_t code; /* wait status or errno */
	struct refusal refusal;
} PROTO_PACKED;

struct proto_exited {
	struct proto_key key;
	int32_t wait_status;
	uint32_t gone;
	uint64_t utime_us;
	uint64_t stime_us;
	uint64_t maxrss_kib;
	uint64_t time_ns; /* CLOCK_MONOTONIC */
	uint32_t next; /* number of the run that was armed and is launched now, or 0 */
} PROTO_PACKED;

struct proto_gone {
	struct proto_key key;
	uint32_t next; /* as in proto_exited */
} PROTO_PACKED;

_Static_assert(sizeof(struct proto_header) == 16, "record header");
_Static_assert(sizeof(struct proto_key) == 68, "key");
_Static_assert(sizeof(struct proto_spawn) == 84, "SPAWN");
_Static_assert(sizeof(struct proto_hello) == 24, "HELLO");
_Static_assert(sizeof(struct proto_spawned) == 100, "SPAWNED");
_Static_assert(sizeof(struct proto_follow) == 72, "FOLLOW");
_Static_assert(sizeof(struct proto_followed) == 76, "FOLLOWED");
_Static_assert(sizeof(struct proto_running) == 76, "RUNNING");
_Static_assert(sizeof(struct proto_failed) == 332, "FAILED");
_Static_assert(sizeof(struct proto_arm) == 140, "ARM");
_Static_assert(sizeof(struct proto_exited) == 112, "EXITED");
_Static_assert(sizeof(struct proto_gone) == 72, "GONE");

/* Control socket, client <-> supervisor. */
enum {
	FRAME_REQUEST_MAX = 64 * 1024,
	FRAME_TERMINAL = 1, /* request flag: stdout is a terminal */
	FRAME_STDOUT = 1,
	FRAME_STDERR = 2,
	FRAME_EXIT = 3,
	FRAME_PAGE = 4, /* with a descriptor; then the client goes on by itself */
	FRAME_PAGE_MAX = 1 << 20,
};

struct frame_request {
	char magic[4]; /* "OSTC" */
	uint32_t length; /* including this header */
	uint32_t flags;
	uint32_t columns; /* 0 unknown */
	uint32_t argc;
} PROTO_PACKED;

struct frame_reply {
	uint32_t length; /* of the payload */
	uint8_t kind;
} PROTO_PACKED;

/* Payload of FRAME_PAGE: this, the records, and a NUL-terminated text for the end of the time. */
struct frame_page {
	uint32_t milestone; /* bit that each record must have */
	uint32_t records;
	uint64_t until_ns; /* CLOCK_MONOTONIC, 0 = no end */
} PROTO_PACKED;

struct frame_record {
	uint32_t number;
	char service[PROTO_SERVICE_BYTES];
} PROTO_PACKED;

_Static_assert(sizeof(struct frame_page) == 16, "page frame");
_Static_assert(sizeof(struct frame_record) == 68, "record of a page frame");
_Static_assert(sizeof(struct frame_request) == 20, "request frame");
_Static_assert(sizeof(struct frame_reply) == 5, "reply frame");

#endif
