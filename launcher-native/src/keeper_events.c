/*
 * What the supervisor is told. An event is a bit in its slot until it is in the socket; the slot
 * has the contents.
 */
#include "keeper_impl.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

/* All events of one slot, with headers. */
#define SLOT_EVENT_BYTES                                                     \
	(6 * sizeof(struct proto_header) + sizeof(struct proto_spawned) +    \
	 sizeof(struct proto_running) + sizeof(struct proto_failed) +        \
	 sizeof(struct proto_followed) + sizeof(struct proto_exited) +       \
	 sizeof(struct proto_gone))

/* With SPAWNED and FOLLOWED. */
#define SLOT_EVENT_FDS (N_PROCESSES + 1)

_Static_assert(PROTO_LIST_ENTRIES * SLOT_EVENT_BYTES + 1024 <= PROTO_PACKET_MAX,
	       "a list fits one packet");
_Static_assert(PROTO_LIST_ENTRIES * N_PROCESSES <= PROTO_EVENT_FDS, "with its descriptors");

/*
 * A JVM learns of older slots by LIST; until then nothing is sent about them, so that nothing is
 * sent twice.
 */
static bool is_listed(const struct keeper *k, const struct slot *slot)
{
	return k->jvm.socket >= 0 && slot->generation == k->jvm.generation;
}

static void await_ack(struct keeper *k, struct slot *slot)
{
	uint32_t timeout_ms = k->config->ack_timeout_ms ? k->config->ack_timeout_ms : 30000;

	/*
	 * The main process of a run in a cgroup may leave others behind, and the supervisor
	 * acknowledges when they are gone too: after a stop ladder that is as long as its author
	 * wants it.
	 */
	if (!slot_is_final(slot) || slot->flags & PROTO_CGROUP)
		return;
	slot->ack_deadline_ns = now_ns() + timeout_ms * NS_PER_MS;
	slots_push(&k->slots, LIST_UNACKED, slot);
}

/* To a request, so that no other supervisor is told. */
void event_answer(struct keeper *k, struct slot *slot, enum slot_event answer)
{
	if (!is_listed(k, slot))
		return;
	slot->pending |= answer;
	slots_push(&k->slots, LIST_DIRTY, slot);
}

void event_happened(struct keeper *k, struct slot *slot, enum slot_event event)
{
	slot->had |= event;
	if (!is_listed(k, slot))
		return;
	slot->pending |= event;
	slots_push(&k->slots, LIST_DIRTY, slot);
	await_ack(k, slot);
}

static void add_spawned(struct keeper *k, const struct slot *slot)
{
	struct proto_spawned event = {
		.key = slot->key,
		.pid = slot->pid[PROCESS_MAIN],
		.mode = slot->mode,
		.start_ns = slot->start_ns,
		.start_wall_ms = slot->start_wall_ms,
		.guard_pid = slot->mode == PROTO_GUARD ? slot->pid[PROCESS_GUARD] : 0,
		.followed = slot->followed,
	};

	wire_add(k, PROTO_SPAWNED, 0, &event, sizeof(event));
	/* A guard that ended before its payload's pidfd came stands for it. */
	wire_add_fd(k, slot->pidfd[slot->pidfd[PROCESS_MAIN] < 0 ? PROCESS_GUARD : PROCESS_MAIN]);
	if (slot->mode == PROTO_GUARD)
		wire_add_fd(k, slot->pidfd[PROCESS_GUARD]);
}

static void add_failed(struct keeper *k, const struct slot *slot)
{
	struct proto_failed event = {
		.key = slot->key,
		.kind = slot->failure,
		.code = slot->failure_code,
	};

	if (slot->failure == PROTO_REFUSED)
		event.refusal = k->slots.launches[slot->launch].refusal;
	wire_add(k, PROTO_FAILED, 0, &event, sizeof(event));
}

static void add_exited(struct keeper *k, const struct slot *slot)
{
	struct proto_exited event = {
		.key = slot->key,
		.wait_status = slot->wait_status,
		.gone = slot->gone,
		.utime_us = slot->utime_us,
		.stime_us = slot->stime_us,
		.maxrss_kib = slot->maxrss_kib,
		.time_ns = slot->exit_ns,
		.next = slot->gone ? slot->next_run : 0, /* else GONE tells */
	};

	wire_add(k, PROTO_EXITED, 0, &event, sizeof(event));
}

static void add_followed(struct keeper *k, const struct slot *slot)
{
	struct proto_followed event = {
		.key = slot->key,
		.pid = slot->pid[PROCESS_MAIN],
		.error = slot->follow_error,
	};

	wire_add(k, PROTO_FOLLOWED, 0, &event, sizeof(event));
	if (!event.error)
		wire_add_fd(k, slot->pidfd[PROCESS_MAIN]);
}

/* There is room. */
static void add_events(struct keeper *k, struct slot *slot, uint8_t events)
{
	if (events & HAD_SPAWNED)
		add_spawned(k, slot);
	if (events & HAD_RUNNING) {
		struct proto_running event = { .key = slot->key, .cpu = slot->cpu,
					      .node = slot->node };

		wire_add(k, PROTO_RUNNING, 0, &event, sizeof(event));
	}
	if (events & HAD_FAILED)
		add_failed(k, slot);
	if (events & ANSWERED_FOLLOW)
		add_followed(k, slot);
	if (events & HAD_EXITED)
		add_exited(k, slot);
	if (events & HAD_GONE) {
		struct proto_gone event = { .key = slot->key, .next = slot->next_run };

		wire_add(k, PROTO_GONE, 0, &event, sizeof(event));
	}
	slot->pending &= ~events;
}

/*
 * The guard's launch may be over before its message with the payload's pid is read: SPAWNED goes
 * first.
 */
static uint8_t sendable(const struct slot *slot, uint8_t events)
{
	bool refused = (slot->had & HAD_FAILED) && slot->failure == PROTO_CLONE_REFUSED;

	return (slot->had & HAD_SPAWNED) || refused ? events : 0;
}

static bool flush_signals(struct keeper *k)
{
	for (uint32_t number = 1; k->jvm.adopted && number < KEEPER_SIGNALS; number++) {
		for (; k->signals[number]; k->signals[number]--) {
			if (!wire_room(k, sizeof(struct proto_header) + sizeof(number), 0))
				return false;
			wire_add(k, PROTO_SIGNAL, 0, &number, sizeof(number));
			if (k->jvm.told[number] < SIGNAL_REPEATS)
				k->jvm.told[number]++;
		}
	}
	return true;
}

void events_flush(struct keeper *k)
{
	struct slot *slot;

	if (k->jvm.socket < 0 || !flush_signals(k))
		return;
	while ((slot = slots_first(&k->slots, LIST_DIRTY))) {
		if (!wire_room(k, SLOT_EVENT_BYTES, SLOT_EVENT_FDS))
			return;
		add_events(k, slot, sendable(slot, slot->pending));
		slots_remove(&k->slots, LIST_DIRTY, slot);
	}
	(void)wire_flush(k); /* a full socket is watched until it is writable */
}

void events_hello(struct keeper *k)
{
	struct proto_hello hello = {
		.version = PROTO_VERSION,
		.children = k->slots.used,
		.stored = k->store.used,
		.flags = (k->pid1 ? PROTO_PID1 : 0) | (k->jvm.deaths ? PROTO_JVM_DIED : 0) |
			 (k->detached ? PROTO_DETACHED : 0),
		.jvm_deaths = k->jvm.deaths,
		.keeper_pid = (uint32_t)getpid(),
	};

	wire_add(k, PROTO_HELLO, 0, &hello, sizeof(hello));
}

/*
 * A JVM that died may not have read what it was told, or not have come to act on it. Once it has
 * stored that the shutdown has begun, its successor goes on with that; a second TERM would mean
 * something else.
 */
static void untell_signals(struct keeper *k)
{
	static const int stops[] = { SIGTERM, SIGINT, SIGHUP };
	bool begun = store_has(&k->store, PROTO_STORE_STOPPING);

	for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]) && !begun; i++) {
		uint8_t *pending = &k->signals[stops[i]];

		*pending += k->jvm.told[stops[i]];
		if (*pending > SIGNAL_REPEATS)
			*pending = SIGNAL_REPEATS;
	}
	memset(k->jvm.told, 0, sizeof(k->jvm.told));
}

void events_forget_jvm(struct keeper *k)
{
	struct slot *slot;

	k->out.size = 0;
	k->out.n_fds = 0;
	untell_signals(k);
	while ((slot = slots_first(&k->slots, LIST_DIRTY))) {
		slot->pending = 0;
		slots_remove(&k->slots, LIST_DIRTY, slot);
	}
	while ((slot = slots_first(&k->slots, LIST_UNACKED)))
		slots_remove(&k->slots, LIST_UNACKED, slot);
}

static void list_slot(struct keeper *k, struct slot *slot)
{
	slot->generation = k->jvm.generation;
	slot->pending = slot->had;
	add_events(k, slot, sendable(slot, slot->pending));
	slots_remove(&k->slots, LIST_DIRTY, slot);
	slots_remove(&k->slots, LIST_UNACKED, slot);
	await_ack(k, slot);
}

static void list_name(struct keeper *k, const struct store_entry *entry)
{
	wire_add(k, PROTO_STORED, 0, entry->name, sizeof(entry->name));
	wire_add_fd(k, entry->fd);
}

static uint32_t list_slots(struct keeper *k, uint32_t next)
{
	for (int n = 0; next < k->slots.high && n < PROTO_LIST_ENTRIES; next++) {
		if (slot_taken(&k->slots.slot[next])) {
			list_slot(k, &k->slots.slot[next]);
			n++;
		}
	}
	if (next < k->slots.high)
		return next;
	return k->store.used ? k->slots.capacity : 0;
}

static uint32_t list_names(struct keeper *k, uint32_t next)
{
	for (int n = 0; next < k->store.high && n < PROTO_LIST_ENTRIES; next++) {
		if (k->store.entries[next].name[0]) {
			list_name(k, &k->store.entries[next]);
			n++;
		}
	}
	return next < k->store.high ? k->slots.capacity + next : 0;
}

/*
 * A page has slots or names. Cursors from the capacity on are names. False: the socket is full,
 * nothing was done.
 */
bool events_list(struct keeper *k, uint32_t seq, uint32_t cursor)
{
	uint32_t next;

	if (!wire_flush(k))
		return false;
	wire_reply(k, seq, 0);
	if (cursor < k->slots.high)
		next = list_slots(k, cursor);
	else
		next = list_names(k, cursor < k->slots.capacity ? 0 : cursor - k->slots.capacity);
	wire_add(k, PROTO_LIST_END, 0, &next, sizeof(next));
	return true;
}
