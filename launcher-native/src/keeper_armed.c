/*
 * The next run of a service, left here by the supervisor (ARM) to be launched the moment this one
 * has ended: so a restart does not wait for the supervisor, nor for there being one. README.md
 * section 3.
 */
#include "keeper_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* cgroup.events has two short lines. */
enum { EVENTS_BYTES = 256 };

/* A launch and the first instructions of the program take a millisecond or two. */
#define QUIET_NS (5 * NS_PER_MS)

static void close_one(int fd)
{
	if (fd >= 0)
		(void)close(fd); /* of what was not launched, or is */
}

void armed_close(struct keeper *k, struct slot *slot)
{
	struct armed_run *armed = slots_armed(&k->slots, slot);

	if (!slot->armed)
		return;
	slot->armed = false;
	close_one(armed->plan_fd);
	close_one(armed->cgroup_fd);
	close_one(armed->events_fd);
	for (uint32_t i = 0; i < armed->n_fds; i++)
		close_one(armed->fds[i]);
}

void armed_close_all(struct keeper *k)
{
	for (uint32_t i = 0; i < k->slots.high; i++)
		if (slot_taken(&k->slots.slot[i]))
			armed_close(k, &k->slots.slot[i]);
}

int armed_dropped(struct keeper *k, const struct proto_key *key)
{
	struct slot *slot;

	if (!key->service[0]) {
		armed_close_all(k);
		return 0;
	}
	slot = slots_find(&k->slots, key);
	if (!slot || !slot->armed)
		return -ENOENT;
	armed_close(k, slot);
	return 0;
}

/*
 * The kernel gives the lowest number that is free. What stands ready must not take the descriptors
 * that something else needs: it may have half of them.
 */
static bool is_scarce(const struct keeper *k, int fd)
{
	return (rlim_t)fd >= k->config->nofile.rlim_max / 2;
}

/* Descriptors of the packet, in order: plan, [cgroup, cgroup.events of the run before], passed. */
static int take(struct keeper *k, struct armed_run *armed)
{
	bool cgroup = armed->asked.spawn.flags & PROTO_CGROUP, scarce;
	struct plan plan;
	int error;

	armed->plan_fd = wire_take_fd(k);
	armed->cgroup_fd = cgroup ? wire_take_fd(k) : -1;
	armed->events_fd = cgroup ? wire_take_fd(k) : -1;
	armed->n_fds = 0;
	if (armed->plan_fd < 0 || (cgroup && armed->events_fd < 0))
		return -EPROTO;
	error = launch_read_plan(k, armed->plan_fd, &plan);
	if (error)
		return error;
	if (plan.n_fds > PROTO_ARM_FDS)
		return -E2BIG;
	scarce = is_scarce(k, armed->plan_fd);
	while (armed->n_fds < plan.n_fds) {
		int fd = wire_take_fd(k);

		if (fd < 0)
			return -EPROTO;
		armed->fds[armed->n_fds++] = fd;
		scarce |= is_scarce(k, fd);
	}
	return scarce ? -EMFILE : 0;
}

int armed_asked(struct keeper *k, const struct proto_arm *arm)
{
	struct proto_key before = arm->spawn.key;
	struct slot *slot;
	int error;

	before.run = arm->after;
	if (!launch_is_key(&arm->spawn.key) || arm->after >= arm->spawn.key.run)
		return -EPROTO;
	slot = slots_find(&k->slots, &before);
	if (!slot || !(slot->had & HAD_RUNNING) || slot->had & (HAD_EXITED | HAD_GONE))
		return -ESRCH;
	if (slot->armed || slots_known(&k->slots, &arm->spawn.key))
		return -EEXIST;
	slots_armed(&k->slots, slot)->asked = *arm;
	error = take(k, slots_armed(&k->slots, slot));
	slot->armed = true;
	if (error)
		armed_close(k, slot);
	return error;
}

void armed_hear(struct keeper *k, struct slot *slot)
{
	/* Something may be in the socket that was asked before the run ended. */
	if (!requests_drain(k))
		armed_close(k, slot);
}

static bool is_end_to_follow(const struct slot *slot, const struct proto_arm *asked)
{
	int status = slot->wait_status;

	if (slot->exit_ns < asked->not_before_ns)
		return false;
	if (WIFSIGNALED(status))
		return asked->signals >> (WTERMSIG(status) - 1) & 1;
	return asked->codes[WEXITSTATUS(status) / 8] >> (WEXITSTATUS(status) % 8) & 1;
}

/* A run without a guard has a cgroup, which tells whether it has left something behind. */
static bool nothing_left(const struct slot *slot, const struct armed_run *armed)
{
	char text[EVENTS_BYTES + 1];
	ssize_t n;

	if (armed->events_fd < 0)
		return slot->mode == PROTO_GUARD;
	n = pread(armed->events_fd, text, EVENTS_BYTES, 0);
	if (n <= 0)
		return false;
	text[n] = 0;
	return strstr(text, "populated 0") != NULL;
}

/* It was made long ago, and anybody with the right may have removed it since. */
static bool cgroup_is_there(const struct armed_run *armed)
{
	return armed->cgroup_fd < 0 ||
	       faccessat(armed->cgroup_fd, "cgroup.procs", F_OK, AT_EACCESS) == 0;
}

static bool may_launch(const struct keeper *k, const struct slot *slot,
		       const struct armed_run *armed)
{
	return slot_is_final(slot) && !k->exit_asked && !k->stopping &&
	       is_end_to_follow(slot, &armed->asked) && nothing_left(slot, armed) &&
	       cgroup_is_there(armed) &&
	       !slots_known(&k->slots, &armed->asked.spawn.key);
}

static void launch_quietly(struct keeper *k, struct slot *slot, const struct armed_run *armed,
			   const struct launch_request *request)
{
	/* Never later than that, or many restarts would keep the supervisor asleep. */
	if (k->quiet_until_ns == NEVER)
		k->quiet_until_ns = now_ns() + QUIET_NS;
	/* A JVM that has not been shown the one run will be shown both. */
	if (!launch_begin(k, &armed->asked.spawn, request, slot->generation))
		slot->next_run = armed->asked.spawn.key.run;
}

void armed_fire(struct keeper *k, struct slot *slot)
{
	struct armed_run *armed = slots_armed(&k->slots, slot);
	struct plan plan;
	struct launch_request request = { .plan = &plan, .fds = armed->fds,
					 .nofile = &k->config->nofile };

	if (!slot->armed)
		return;
	request.cgroup_fd = armed->cgroup_fd;
	if (may_launch(k, slot, armed) && !launch_read_plan(k, armed->plan_fd, &plan))
		launch_quietly(k, slot, armed, &request);
	armed_close(k, slot);
}

bool armed_is_quiet(struct keeper *k, uint64_t now)
{
	if (k->quiet_until_ns == NEVER)
		return false;
	if (now < k->quiet_until_ns)
		return true;
	k->quiet_until_ns = NEVER;
	launch_look_at_all(k);
	return false;
}
