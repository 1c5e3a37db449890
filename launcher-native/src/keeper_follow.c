/*
 * Another process becomes the main one of a run: a daemon that has put itself into the background,
 * or whom sd_notify(3) names. It must be a child of whoever reaps the run, the keeper or the guard,
 * so that its wait status is known. That it belongs to the service the supervisor has seen.
 * README.md section 3.
 */
#include "keeper_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int is_own_child(int pidfd)
{
	siginfo_t info;

	return waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ? -errno : 0;
}

static int ask_guard(const struct slot *slot, uint32_t number)
{
	struct guard_message message = { .kind = GUARD_FOLLOW, .pid = number };

	return send(slot->status_fd, &message, sizeof(message), MSG_DONTWAIT | MSG_NOSIGNAL) < 0
		       ? -errno
		       : 0;
}

static void follow(struct keeper *k, struct slot *slot)
{
	slots_unmap_pid(&k->slots, slot, PROCESS_MAIN);
	if (slot->pidfd[PROCESS_MAIN] < 0) {
		slot->pidfd[PROCESS_MAIN] = slot->follow_fd;
	} else {
		/* its number may wait to be sent: it stays open */
		(void)dup3(slot->follow_fd, slot->pidfd[PROCESS_MAIN], O_CLOEXEC);
		(void)close(slot->follow_fd);
	}
	slot->follow_fd = -1;
	slots_map_pid(&k->slots, slot, PROCESS_MAIN, slot->follow_pid);
	slot->followed = true;
	/* the end of the one before was not that of the run */
	slot->had &= (uint8_t)~HAD_EXITED;
	slot->pending &= (uint8_t)~HAD_EXITED;
	slot->gone = 0;
	slots_remove(&k->slots, LIST_UNACKED, slot);
}

void follow_answered(struct keeper *k, struct slot *slot, int error)
{
	if (slot->follow_fd < 0)
		return;
	slot->follow_error = -error;
	if (!error) {
		follow(k, slot);
	} else {
		(void)close(slot->follow_fd);
		slot->follow_fd = -1;
	}
	event_answer(k, slot, ANSWERED_FOLLOW);
}

int follow_asked(struct keeper *k, const struct proto_follow *asked, int pidfd)
{
	struct slot *slot = slots_find(&k->slots, &asked->key);
	bool guarded = slot && slot->mode == PROTO_GUARD && !slot->guard_ended;
	enum slot_process process;
	int error = 0;

	if (!slot)
		return -ENOENT;
	if (!(slot->had & HAD_SPAWNED) || slot->had & (HAD_FAILED | HAD_GONE) || slot->launching)
		return -EINVAL;
	if (slot->follow_fd >= 0)
		return -EBUSY;
	slot->follow_fd = pidfd;
	slot->follow_pid = pidfd_number(pidfd);
	if (!slot->follow_pid)
		error = -ESRCH;
	else if (slots_by_pid(&k->slots, slot->follow_pid, &process) ||
		 slot->follow_pid == (uint32_t)k->jvm.pid)
		error = -EEXIST; /* it has a part already */
	else if (guarded)
		error = ask_guard(slot, asked->number ? asked->number : slot->follow_pid);
	else
		error = is_own_child(pidfd);
	if (error || !guarded)
		follow_answered(k, slot, error);
	return 0;
}
