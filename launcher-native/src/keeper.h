/*
 * The keeper: parent of every service and of the supervisor's JVM. One thread, epoll and signalfd;
 * no memory is allocated after the start. README.md section 3.
 */
#ifndef OSTLER_KEEPER_H
#define OSTLER_KEEPER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>

enum { KEEPER_MAX_CHILDREN = 8192 };

struct keeper_config {
	char *const *jvm_argv; /* jvm_argv[0] is the program's path */
	char *const *jvm_envp;
	const char *jvm_dir; /* its working directory */
	uint32_t max_children;
	uint32_t ack_timeout_ms; /* 0: 30 s */
	/* of a JVM that died before ADOPTED, doubled each time; 0: 100 ms */
	uint32_t restart_delay_ms;
	bool stop_on_loss; /* JVM given up: stop the services instead of keeping them */
	int detach_fd; /* an int, the exit code of the caller, is written here at DETACH; or -1 */
	int control_fd; /* listening control socket, stored as "control"; or -1 */
	int environ_fd; /* memfd, stored as "environ"; or -1 */
	struct rlimit nofile; /* what the services get */
};

/*
 * Block the signals the keeper reads, ignore those of the terminal, become a subreaper, raise
 * RLIMIT_NOFILE (the limit before that is left in *ret_nofile). Call once, before any child exists.
 * 0 or -errno.
 */
int keeper_prepare(struct rlimit *ret_nofile);

/*
 * Run until the supervisor says EXIT or all is over. Takes over control_fd, environ_fd, detach_fd.
 * The exit code.
 */
int keeper_run(const struct keeper_config *config);

#endif
