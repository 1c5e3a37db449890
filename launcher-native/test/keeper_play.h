/*
 * Plays the supervisor for tests of the keeper. The keeper runs in a forked child; its JVM is this
 * same program, which hands descriptor 3 to the test and then sleeps. So the test talks the
 * protocol and decides when the JVM dies.
 */
#ifndef OSTLER_KEEPER_PLAY_H
#define OSTLER_KEEPER_PLAY_H

#include "../src/keeper.h"
#include "../src/proto.h"
#include "build.h"
#include "check.h"

#include <sys/types.h>

enum { PLAY_HELD = 8 };

struct record {
	struct proto_header header;
	uint8_t payload[512];
};

struct play {
	struct keeper_config config;
	pid_t keeper, jvm;
	int listener; /* the JVMs connect here */
	int socket; /* to the keeper, -1 without a JVM */
	int link; /* to the JVM */
	int errors; /* the keeper's stderr, 0: the test's */
	uint32_t seq;
	uint8_t packet[PROTO_PACKET_MAX];
	size_t size, offset;
	int fds[PROTO_SCM_MAX];
	uint32_t n_fds, next_fd;
	struct record held[PLAY_HELD]; /* events that came before an answer */
	uint32_t n_held;
};

/*
 * In main, first: true in the program that is the JVM; it then returns from here only at its end.
 */
bool play_is_jvm(int argc, char **argv);

/*
 * With a config of zeros but for what the test is about. nofile_soft: of the keeper's caller, 0 =
 * as it is.
 */
void play_start(struct play *play, rlim_t nofile_soft);

/* Wait for the next JVM and its HELLO. */
void play_accept(struct play *play, struct proto_hello *ret);
void play_kill_jvm(struct play *play);

/* Say EXIT with this code, see the keeper exit with it. */
void play_end(struct play *play, int code);
int play_keeper_status(struct play *play);

/* Send one request; the sequence number. fds stay the caller's. */
uint32_t play_send(struct play *play, uint16_t type, const void *payload, size_t size,
		   const int *fds,
		   uint32_t n_fds);
void play_send_bytes(struct play *play, const void *bytes, size_t size, const int *fds,
		     uint32_t n_fds);

/* The next record, waited for. play_fd: its descriptors, in order. */
void play_next(struct play *play, struct record *ret);
int play_fd(struct play *play);

/* The next record must be this; the payload goes to ret. */
void play_expect(struct play *play, uint16_t type, void *ret, size_t size);

/*
 * Send, and the answer must be OK, or ERROR with this errno. Events without descriptors that come
 * before it are next for play_next.
 */
void play_ask(struct play *play, uint16_t type, const void *payload, size_t size, const int *fds,
	      uint32_t n_fds, int error);

struct proto_spawn play_spawn(const char *service, uint32_t run);
/* SPAWN of a built plan. fds go to the service as the plan says. */
void play_ask_spawn(struct play *play, const struct proto_spawn *spawn, struct build *build,
		    const int *fds, uint32_t n_fds, int error);
/* The common case: sh -c text. */
void play_shell(struct play *play, const char *service, uint32_t flags, const char *text);
int sealed_memfd(const void *bytes, size_t size);

#endif
