/*
 * From SPAWN to RUNNING or FAILED. README.md section 2.
 */
#include "keeper_impl.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { LAUNCH_DEADLINE_MS = 30000 };

static uint64_t wall_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail */
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / NS_PER_MS;
}

int launch_read_plan(struct keeper *k, int plan_fd, struct plan *ret)
{
	const char *why;
	size_t size;
	int error = plan_read(plan_fd, true, k->plan, &size);

	if (!error)
		error = plan_decode(k->plan, size, ret, &why);
	return error || ret->n_fds > PLAN_MAX_FDS ? -EBADMSG : 0;
}

/* Read the plan and take its descriptors from the packet. request->fds is PLAN_MAX_FDS long. */
static int take_plan(struct keeper *k, bool cgroup, struct plan *plan, int *fds, int *ret_cgroup)
{
	int plan_fd = wire_take_fd(k);
	int error;

	if (plan_fd < 0)
		return -EPROTO;
	*ret_cgroup = cgroup ? wire_take_fd(k) : -1;
	error = launch_read_plan(k, plan_fd, plan);
	(void)close(plan_fd); /* read */
	if (error)
		return error;
	if (cgroup && *ret_cgroup < 0)
		return -EPROTO;
	if (plan->n_fds > k->in.n_fds - k->in.next_fd)
		return -EPROTO;
	for (uint32_t i = 0; i < plan->n_fds; i++)
		fds[i] = wire_take_fd(k);
	return 0;
}

/*
 * Without it the end of the launch would be missed until the child's exit or the deadline. Only for
 * that end, which is a hang-up: the record of a start that comes right before it is no reason to
 * take the CPU from who is about to execute.
 */
static void watch_launch(struct keeper *k, struct slot *slot)
{
	struct launch_child *child = &k->slots.launches[slot->launch].child;

	(void)watch(k, child->exec_pipe, WATCH_EXEC_PIPE, slots_index(&k->slots, slot), 0);
}

static void launched(struct keeper *k, struct slot *slot, const struct plan *plan)
{
	struct launch_child *child = &k->slots.launches[slot->launch].child;
	enum slot_process process = plan->flags & PLAN_STAY ? PROCESS_GUARD : PROCESS_MAIN;
	uint32_t deadline_ms = plan->deadline_ms ? plan->deadline_ms : LAUNCH_DEADLINE_MS;

	slot->mode = process == PROCESS_GUARD ? PROTO_GUARD : PROTO_DIRECT;
	slot->pidfd[process] = child->pidfd;
	slot->status_fd = child->status_fd;
	slots_map_pid(&k->slots, slot, process, (uint32_t)child->pid);
	slot->launching = true;
	slot->launch_deadline_ns = slot->start_ns + deadline_ms * NS_PER_MS;
	if (slot->launch_deadline_ns < k->launch_check_ns)
		k->launch_check_ns = slot->launch_deadline_ns;
	slots_push(&k->slots, LIST_LAUNCHING, slot);
	if (k->quiet_until_ns == NEVER)
		watch_launch(k, slot);
	if (slot->status_fd >= 0)
		(void)watch(k, slot->status_fd, WATCH_STATUS, slots_index(&k->slots, slot),
			    EPOLLIN);
	if (slot->mode == PROTO_DIRECT)
		event_happened(k, slot, HAD_SPAWNED);
}

int launch_begin(struct keeper *k, const struct proto_spawn *spawn,
		 const struct launch_request *request, uint32_t generation)
{
	struct slot *slot = slots_take(&k->slots, &spawn->key);
	struct launch_entry *entry;
	const char *call;
	int error;

	if (!slot)
		return -ENOSPC;
	slot->stop_signal = spawn->stop_signal;
	slot->grace_ms = spawn->grace_ms;
	slot->rank = spawn->rank;
	slot->flags = spawn->flags;
	slot->generation = generation;
	slot->start_ns = now_ns();
	slot->start_wall_ms = wall_ms();
	entry = slots_take_launch(&k->slots, slot);
	error = launch_start(request, &entry->child, &call);
	if (error) {
		slots_release_launch(&k->slots, slot);
		slot->failure = PROTO_CLONE_REFUSED;
		slot->failure_code = -error;
		event_happened(k, slot, HAD_FAILED);
	} else {
		launched(k, slot, request->plan);
	}
	return 0;
}

bool launch_is_key(const struct proto_key *key)
{
	return key->service[0] && !key->service[PROTO_SERVICE_BYTES - 1] && key->run;
}

int launch_spawn(struct keeper *k, const struct proto_spawn *spawn)
{
	int fds[PLAN_MAX_FDS];
	struct plan plan;
	struct launch_request request = { .plan = &plan, .fds = fds, .nofile = &k->config->nofile };
	bool cgroup = spawn->flags & PROTO_CGROUP;
	int error;

	if (!launch_is_key(&spawn->key))
		return -EPROTO;
	if (slots_known(&k->slots, &spawn->key))
		return -EEXIST;
	error = take_plan(k, cgroup, &plan, fds, &request.cgroup_fd);
	if (!error) {
		error = launch_begin(k, spawn, &request, k->jvm.generation);
		/* The child has copies; write ends left here would keep log pipes open. */
		for (uint32_t i = 0; i < plan.n_fds; i++)
			(void)close(fds[i]);
	}
	if (request.cgroup_fd >= 0)
		(void)close(request.cgroup_fd); /* the child is in it */
	return error;
}

static void launch_over(struct keeper *k, struct slot *slot, bool keep_entry)
{
	struct launch_child *child = &k->slots.launches[slot->launch].child;

	slot->launching = false;
	slots_remove(&k->slots, LIST_LAUNCHING, slot);
	(void)epoll_ctl(k->epoll_fd, EPOLL_CTL_DEL, child->exec_pipe, NULL); /* see unwatch_close */
	launch_release(child);
	if (!keep_entry)
		slots_release_launch(&k->slots, slot);
	/*
	 * An id change in a child that shares the memory made the keeper non-dumpable. Put back
	 * only when no such child is left: one that has changed its ids and not yet executed could
	 * be traced by its new user, and with it this memory.
	 */
	if (k->privileged && !slots_first(&k->slots, LIST_LAUNCHING))
		(void)prctl(PR_SET_DUMPABLE, 1);
}

static void fail(struct keeper *k, struct slot *slot, enum proto_failure kind, int code)
{
	if (slot->had & (HAD_FAILED | HAD_RUNNING))
		return; /* what was reported first stands */
	slot->failure = kind;
	slot->failure_code = code;
	event_happened(k, slot, HAD_FAILED);
}

/* Look at the exec pipe. With child_gone, what it has not said by now it never will. */
static void exec_pipe_progress(struct keeper *k, struct slot *slot, bool child_gone)
{
	struct launch_entry *entry = &k->slots.launches[slot->launch];
	struct launch_report report = { .outcome = LAUNCH_PENDING };
	bool failed = slot->had & HAD_FAILED;

	launch_poll(&entry->child, &report);
	if (report.outcome == LAUNCH_PENDING && child_gone)
		report.outcome = LAUNCH_DIED;
	switch (report.outcome) {
	case LAUNCH_PENDING:
		return;
	case LAUNCH_RUNNING:
		launch_over(k, slot, false);
		slot->cpu = report.cpu;
		slot->node = report.node;
		if (!failed)
			event_happened(k, slot, HAD_RUNNING);
		return;
	case LAUNCH_REFUSED:
		entry->refusal = report.refusal;
		launch_over(k, slot, !failed);
		fail(k, slot, PROTO_REFUSED, report.refusal.error);
		return;
	case LAUNCH_DIED:
		launch_over(k, slot, false);
		slot->died = true; /* told with the wait status: launch_ended */
		return;
	}
}

void launch_progress(struct keeper *k, struct slot *slot)
{
	if (slot->launching)
		exec_pipe_progress(k, slot, false);
}

void launch_ended(struct keeper *k, struct slot *slot, int wait_status)
{
	if (slot->launching)
		exec_pipe_progress(k, slot, true);
	if (slot->died)
		fail(k, slot, PROTO_DIED, wait_status);
}

void slot_kill(struct slot *slot)
{
	enum slot_process process = slot->pidfd[PROCESS_MAIN] < 0 ? PROCESS_GUARD : PROCESS_MAIN;

	(void)pidfd_send_signal(slot->pidfd[process], SIGKILL, NULL, 0); /* ESRCH: gone already */
}

void launch_check_deadlines(struct keeper *k, uint64_t now)
{
	struct slot *slot, *next;

	if (now < k->launch_check_ns)
		return;
	k->launch_check_ns = NEVER;
	for (slot = slots_first(&k->slots, LIST_LAUNCHING); slot; slot = next) {
		next = slots_next(&k->slots, LIST_LAUNCHING, slot);
		if (slot->launch_deadline_ns > now) {
			if (slot->launch_deadline_ns < k->launch_check_ns)
				k->launch_check_ns = slot->launch_deadline_ns;
			continue;
		}
		launch_progress(k, slot);
		if (slot->launching && !(slot->had & HAD_FAILED)) {
			fail(k, slot, PROTO_DEADLINE, ETIMEDOUT);
			slot_kill(slot);
		}
	}
}

void launch_look_at_all(struct keeper *k)
{
	struct slot *slot, *next;

	for (slot = slots_first(&k->slots, LIST_LAUNCHING); slot; slot = next) {
		next = slots_next(&k->slots, LIST_LAUNCHING, slot);
		launch_progress(k, slot);
		if (slot->launching)
			watch_launch(k, slot); /* EEXIST: it is watched */
	}
}

void slot_close(struct keeper *k, struct slot *slot)
{
	armed_close(k, slot);
	for (int process = 0; process < N_PROCESSES; process++)
		if (slot->pidfd[process] >= 0)
			(void)close(slot->pidfd[process]);
	if (slot->follow_fd >= 0)
		(void)close(slot->follow_fd);
	unwatch_close(k, &slot->status_fd);
}
