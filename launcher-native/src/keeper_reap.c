/*
 * Exits: of children the kernel tells by SIGCHLD, of payloads their guards tell. README.md section
 * 2.
 */
#include "keeper_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static uint64_t microseconds(struct timeval time)
{
	return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_usec;
}

static void exited(struct keeper *k, struct slot *slot, int wait_status, bool gone)
{
	/* The exec pipe goes first: running or failed, then exited. */
	launch_ended(k, slot, wait_status);
	slot->wait_status = wait_status;
	slot->gone = gone;
	slot->exit_ns = now_ns();
	event_happened(k, slot, HAD_EXITED);
	if (gone)
		armed_fire(k, slot);
}

uint32_t pidfd_number(int pidfd)
{
	char path[40], text[512];
	const char *line;
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", pidfd);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		(void)close(fd);
	if (n <= 0)
		return 0;
	text[n] = 0;
	line = strstr(text, "\nPid:");
	n = line ? strtol(line + 5, NULL, 10) : 0;
	return n > 0 ? (uint32_t)n : 0;
}

static void main_appeared(struct keeper *k, struct slot *slot, uint32_t pid, int pidfd)
{
	if (slot->had & HAD_SPAWNED) {
		if (pidfd >= 0)
			(void)close(pidfd); /* said twice */
		return;
	}
	slot->pidfd[PROCESS_MAIN] = pidfd;
	/* reaped inside of its pid namespace before we asked: its end is the next message */
	if (pid == 0)
		slot->pid[PROCESS_MAIN] = slot->pid[PROCESS_GUARD];
	else
		slots_map_pid(&k->slots, slot, PROCESS_MAIN, pid);
	event_happened(k, slot, HAD_SPAWNED);
}

static void guard_says(struct keeper *k, struct slot *slot, const struct guard_message *message,
		       int pidfd)
{
	if (message->kind == GUARD_MAIN) {
		/* an init in a pid namespace knows no number that means something here */
		main_appeared(k, slot, message->pid ? message->pid : pidfd_number(pidfd), pidfd);
		return;
	}
	if (pidfd >= 0)
		(void)close(pidfd); /* only GUARD_MAIN carries one */
	if (message->kind == GUARD_FOLLOW)
		follow_answered(k, slot, message->wait_status);
	if (message->kind != GUARD_EXITED || !(slot->had & HAD_SPAWNED) || (slot->had & HAD_EXITED))
		return;
	slots_unmap_pid(&k->slots, slot, PROCESS_MAIN); /* reaped: the pid may be another's now */
	slot->utime_us = message->utime_us;
	slot->stime_us = message->stime_us;
	slot->maxrss_kib = message->maxrss_kib;
	exited(k, slot, message->wait_status, false);
}

/* Receive one message of a guard. 1, 0 at the end, -errno. */
static int guard_receive(int fd, struct guard_message *ret, int *ret_pidfd)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = { .iov_base = ret, .iov_len = sizeof(*ret) };
	struct msghdr message = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};
	ssize_t size = recvmsg(fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	struct cmsghdr *header;

	*ret_pidfd = -1;
	if (size <= 0)
		return size ? -errno : 0;
	header = CMSG_FIRSTHDR(&message);
	if (header && header->cmsg_type == SCM_RIGHTS)
		memcpy(ret_pidfd, CMSG_DATA(header), sizeof(*ret_pidfd));
	if (size != sizeof(*ret))
		ret->kind = 0; /* no guard of ours says that */
	return 1;
}

void guard_progress(struct keeper *k, struct slot *slot)
{
	while (slot->status_fd >= 0) {
		struct guard_message message;
		int pidfd;
		int received = guard_receive(slot->status_fd, &message, &pidfd);

		if (received == -EAGAIN || received == -EINTR)
			return;
		if (received <= 0)
			unwatch_close(k, &slot->status_fd);
		else
			guard_says(k, slot, &message, pidfd);
	}
}

/* The guard was killed before it could tell how the payload ended. */
static void guard_lost(struct keeper *k, struct slot *slot, int wait_status)
{
	siginfo_t info = { 0 };

	armed_close(k, slot); /* what it leaves behind is not known to end */
	if (!(slot->had & HAD_SPAWNED)) {
		/* It never had a payload: the guard itself stands for it. */
		slot->pid[PROCESS_MAIN] = slot->pid[PROCESS_GUARD];
		event_happened(k, slot, HAD_SPAWNED);
		exited(k, slot, wait_status, true);
		return;
	}
	/* The payload is the keeper's child now, unless the guard had reaped it. */
	if (slot->pid[PROCESS_MAIN] != slot->pid[PROCESS_GUARD] &&
	    waitid(P_PID, slot->pid[PROCESS_MAIN], &info, WEXITED | WNOHANG | WNOWAIT) == 0)
		return;
	slots_unmap_pid(&k->slots, slot, PROCESS_MAIN);
	exited(k, slot, wait_status, true);
}

static void guard_ended(struct keeper *k, struct slot *slot, int wait_status)
{
	guard_progress(k, slot);
	slot->guard_ended = true;
	follow_answered(k, slot, -ESRCH); /* it never will */
	if (!(slot->had & HAD_EXITED)) {
		guard_lost(k, slot, wait_status);
		return;
	}
	event_happened(k, slot, HAD_GONE);
	armed_fire(k, slot);
}

static void child_reaped(struct keeper *k, uint32_t pid, int wait_status,
			 const struct rusage *usage)
{
	enum slot_process process;
	struct slot *slot = slots_by_pid(&k->slots, pid, &process);

	if (slot && slot->armed) {
		armed_hear(k, slot);
		slot = slots_by_pid(&k->slots, pid, &process);
	}
	if (!slot) {
		k->orphans++;
		return;
	}
	slots_unmap_pid(&k->slots, slot, process);
	if (process == PROCESS_GUARD) {
		guard_ended(k, slot, wait_status);
		return;
	}
	/*
	 * A payload whose guard is gone comes here too; a guard that still runs, a zombie perhaps,
	 * says GONE itself.
	 */
	slot->utime_us = microseconds(usage->ru_utime);
	slot->stime_us = microseconds(usage->ru_stime);
	slot->maxrss_kib = (uint64_t)usage->ru_maxrss;
	exited(k, slot, wait_status, slot->mode == PROTO_DIRECT || slot->guard_ended);
}

void children_reap(struct keeper *k)
{
	for (;;) {
		struct rusage usage;
		int status;
		/* wait4 has the raw status and the usage of this one child. */
		pid_t pid = wait4(-1, &status, WNOHANG, &usage);

		if (pid < 0 && errno == EINTR)
			continue;
		if (pid <= 0)
			return;
		if (pid == k->jvm.pid)
			jvm_died(k, status);
		else
			child_reaped(k, (uint32_t)pid, status, &usage);
	}
}
