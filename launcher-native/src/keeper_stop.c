/*
 * Without a supervisor: the keeper stops the services by itself, from what SPAWN said about each,
 * or drains their logs.
 */
#include "keeper_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

bool children_live(const struct keeper *k)
{
	for (uint32_t i = 0; i < k->slots.high; i++)
		if (slot_taken(&k->slots.slot[i]) && !slot_is_final(&k->slots.slot[i]))
			return true;
	return false;
}

void stop_begin(struct keeper *k)
{
	armed_close_all(k);
	k->stopping = true;
	k->stop_check_ns = 0;
}

static int shell_code(int wait_status)
{
	return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

static int deciding_code(const struct keeper *k)
{
	for (uint32_t i = 0; i < k->slots.high; i++) {
		const struct slot *slot = &k->slots.slot[i];

		if (slot_taken(slot) && (slot->flags & PROTO_DECIDING) && (slot->had & HAD_EXITED))
			return shell_code(slot->wait_status);
	}
	return 1;
}

/* The stop signal goes to the payload; a guard takes TERM for "kill all of it". */
static void stop_slot(struct slot *slot, uint64_t now)
{
	if (!slot->stop_sent) {
		int number = slot->stop_signal ? (int)slot->stop_signal : SIGTERM;
		int fd = slot->pidfd[slot->pidfd[PROCESS_MAIN] < 0 ? PROCESS_GUARD : PROCESS_MAIN];

		slot->stop_sent = true;
		slot->stop_deadline_ns = now + slot->grace_ms * NS_PER_MS;
		(void)pidfd_send_signal(fd, number, NULL, 0); /* ESRCH: gone already */
	}
	if (now >= slot->stop_deadline_ns && !slot->kill_sent) {
		slot->kill_sent = true;
		if (slot->mode == PROTO_GUARD && !slot->guard_ended)
			(void)pidfd_send_signal(slot->pidfd[PROCESS_GUARD], SIGTERM, NULL, 0);
		else
			slot_kill(slot);
	}
}

void stop_step(struct keeper *k, uint64_t now)
{
	uint32_t rank = 0;
	bool any = false;

	for (uint32_t i = 0; i < k->slots.high; i++) {
		const struct slot *slot = &k->slots.slot[i];

		if (!slot_taken(slot) || slot_is_final(slot))
			continue;
		any = true;
		if (slot->rank > rank)
			rank = slot->rank;
	}
	if (!any) {
		if (k->drained_bytes)
			say("without a supervisor %llu bytes of logs were dropped",
			    (unsigned long long)k->drained_bytes);
		k->exit_code = deciding_code(k);
		k->done = true;
		return;
	}
	/*
	 * Dependents have the higher rank; the next rank's turn comes when nothing of this one is
	 * left.
	 */
	k->stop_check_ns = NEVER;
	for (uint32_t i = 0; i < k->slots.high; i++) {
		struct slot *slot = &k->slots.slot[i];

		if (!slot_taken(slot) || slot_is_final(slot) || slot->rank != rank)
			continue;
		stop_slot(slot, now);
		if (!slot->kill_sent && slot->stop_deadline_ns < k->stop_check_ns)
			k->stop_check_ns = slot->stop_deadline_ns;
	}
}

/* Nobody reads the log pipes any more: a service that waits for room would hang. */
void stop_drain_logs(struct keeper *k)
{
	for (uint32_t i = 0; i < k->store.high; i++) {
		const struct store_entry *entry = &k->store.entries[i];
		struct stat st;

		if (!entry->name[0] || fstat(entry->fd, &st) < 0 || !S_ISFIFO(st.st_mode))
			continue;
		if ((fcntl(entry->fd, F_GETFL) & O_ACCMODE) == O_RDONLY)
			(void)watch(k, entry->fd, WATCH_DRAIN, i, EPOLLIN);
	}
}

void stop_drain(struct keeper *k, uint32_t store_index)
{
	int fd = k->store.entries[store_index].fd;
	ssize_t n = read(fd, k->in.bytes, sizeof(k->in.bytes)); /* readable: does not wait */

	if (n > 0)
		k->drained_bytes += (uint64_t)n;
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		(void)epoll_ctl(k->epoll_fd, EPOLL_CTL_DEL, fd, NULL); /* all writers are gone */
}
