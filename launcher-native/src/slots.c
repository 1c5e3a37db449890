#include "slots.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

static int map_zeroed(size_t bytes, void **ret)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (memory == MAP_FAILED)
		return -errno;
	*ret = memory;
	return 0;
}

int slots_init(struct slots *slots, uint32_t capacity)
{
	uint32_t heads = 64;
	void *memory[5];
	size_t sizes[5];

	while (heads < capacity * 2)
		heads *= 2;
	sizes[0] = sizeof(struct slot) * capacity;
	sizes[1] = sizeof(struct launch_entry) * capacity;
	sizes[2] = sizes[3] = sizeof(uint32_t) * heads;
	sizes[4] = sizeof(struct armed_run) * capacity;
	for (int i = 0; i < 5; i++) {
		int error = map_zeroed(sizes[i], &memory[i]);

		if (error)
			return error;
	}
	*slots = (struct slots){
		.slot = memory[0],
		.launches = memory[1],
		.by_pid = memory[2],
		.by_key = memory[3],
		.armed = memory[4],
		.hash_mask = heads - 1,
		.capacity = capacity,
	};
	for (int i = 0; i < N_LISTS; i++)
		slots->head[i] = slots->tail[i] = SLOT_NONE;
	return 0;
}

/* FNV-1a of the service name alone, so that all runs of a service are in one chain. */
static uint32_t *key_head(const struct slots *slots, const struct proto_key *key)
{
	uint32_t hash = 2166136261u;

	for (const char *c = key->service; *c; c++)
		hash = (hash ^ (uint8_t)*c) * 16777619u;
	return &slots->by_key[hash & slots->hash_mask];
}

static bool same_service(const struct proto_key *a, const struct proto_key *b)
{
	return strncmp(a->service, b->service, sizeof(a->service)) == 0;
}

struct slot *slots_take(struct slots *slots, const struct proto_key *key)
{
	struct slot *slot;
	uint32_t *head;

	if (slots->free) {
		slot = &slots->slot[slots->free - 1];
		slots->free = slot->next_key;
	} else if (slots->high < slots->capacity) {
		slot = &slots->slot[slots->high++];
	} else {
		return NULL;
	}
	*slot = (struct slot){
		.key = *key,
		.pidfd = { -1, -1 },
		.status_fd = -1,
		.follow_fd = -1,
		.cpu = UINT32_MAX,
		.node = UINT32_MAX,
		.launch = SLOT_NONE,
	};
	head = key_head(slots, key);
	slot->next_key = *head;
	*head = slots_index(slots, slot) + 1;
	slots->used++;
	return slot;
}

void slots_release(struct slots *slots, struct slot *slot)
{
	uint32_t *link = key_head(slots, &slot->key);

	for (int list = 0; list < N_LISTS; list++)
		slots_remove(slots, list, slot);
	for (int process = 0; process < N_PROCESSES; process++)
		slots_unmap_pid(slots, slot, process);
	slots_release_launch(slots, slot);
	while (*link != slots_index(slots, slot) + 1)
		link = &slots->slot[*link - 1].next_key;
	*link = slot->next_key;
	slot->key.service[0] = 0;
	slot->next_key = slots->free;
	slots->free = slots_index(slots, slot) + 1;
	slots->used--;
}

struct slot *slots_find(const struct slots *slots, const struct proto_key *key)
{
	for (uint32_t i = *key_head(slots, key); i; i = slots->slot[i - 1].next_key) {
		struct slot *slot = &slots->slot[i - 1];

		if (slot->key.run == key->run && same_service(&slot->key, key))
			return slot;
	}
	return NULL;
}

bool slots_known(const struct slots *slots, const struct proto_key *key)
{
	for (uint32_t i = *key_head(slots, key); i; i = slots->slot[i - 1].next_key) {
		struct slot *slot = &slots->slot[i - 1];

		if (slot->key.run >= key->run && same_service(&slot->key, key))
			return true;
	}
	return false;
}

struct launch_entry *slots_take_launch(struct slots *slots, struct slot *slot)
{
	struct launch_entry *entry;

	/* The entry freed last comes first: its page is already there. */
	if (slots->launch_free) {
		entry = &slots->launches[slots->launch_free - 1];
		slots->launch_free = entry->next_free;
	} else {
		entry = &slots->launches[slots->launch_high++];
	}
	*entry = (struct launch_entry){ .child = { .pidfd = -1, .exec_pipe = -1,
						  .status_fd = -1 } };
	slot->launch = (uint32_t)(entry - slots->launches);
	return entry;
}

void slots_release_launch(struct slots *slots, struct slot *slot)
{
	if (slot->launch == SLOT_NONE)
		return;
	slots->launches[slot->launch].next_free = slots->launch_free;
	slots->launch_free = slot->launch + 1;
	slot->launch = SLOT_NONE;
}

/* Pids are handed out in order, so their low bits spread well and stay close in memory. */
static uint32_t *pid_head(const struct slots *slots, uint32_t pid)
{
	return &slots->by_pid[pid & slots->hash_mask];
}

void slots_map_pid(struct slots *slots, struct slot *slot, enum slot_process process, uint32_t pid)
{
	uint32_t *head = pid_head(slots, pid);

	slot->pid[process] = pid;
	slot->next_pid[process] = *head;
	*head = (slots_index(slots, slot) << 1 | process) + 1;
}

static uint32_t *pid_link(const struct slots *slots, uint32_t link)
{
	return &slots->slot[(link - 1) >> 1].next_pid[(link - 1) & 1];
}

void slots_unmap_pid(struct slots *slots, struct slot *slot, enum slot_process process)
{
	uint32_t self = (slots_index(slots, slot) << 1 | process) + 1;

	for (uint32_t *link = pid_head(slots, slot->pid[process]); *link; link = pid_link(slots,
											  *link)) {
		if (*link == self) {
			*link = slot->next_pid[process];
			return;
		}
	}
}

struct slot *slots_by_pid(const struct slots *slots, uint32_t pid, enum slot_process *ret_process)
{
	for (uint32_t link = *pid_head(slots, pid); link; link = *pid_link(slots, link)) {
		struct slot *slot = &slots->slot[(link - 1) >> 1];

		if (slot->pid[(link - 1) & 1] == pid) {
			*ret_process = (link - 1) & 1;
			return slot;
		}
	}
	return NULL;
}

void slots_push(struct slots *slots, enum slot_list list, struct slot *slot)
{
	uint32_t index = slots_index(slots, slot);

	if (slot->on_lists & 1 << list)
		return;
	slot->on_lists |= 1 << list;
	slot->list_prev[list] = slots->tail[list];
	slot->list_next[list] = SLOT_NONE;
	if (slots->tail[list] == SLOT_NONE)
		slots->head[list] = index;
	else
		slots->slot[slots->tail[list]].list_next[list] = index;
	slots->tail[list] = index;
}

void slots_remove(struct slots *slots, enum slot_list list, struct slot *slot)
{
	uint32_t prev = slot->list_prev[list], next = slot->list_next[list];

	if (!(slot->on_lists & 1 << list))
		return;
	slot->on_lists &= ~(1 << list);
	if (prev == SLOT_NONE)
		slots->head[list] = next;
	else
		slots->slot[prev].list_next[list] = next;
	if (next == SLOT_NONE)
		slots->tail[list] = prev;
	else
		slots->slot[next].list_prev[list] = prev;
}

struct slot *slots_first(const struct slots *slots, enum slot_list list)
{
	return slots->head[list] == SLOT_NONE ? NULL : &slots->slot[slots->head[list]];
}

struct slot *slots_next(const struct slots *slots, enum slot_list list, const struct slot *slot)
{
	uint32_t next = slot->list_next[list];

	return next == SLOT_NONE ? NULL : &slots->slot[next];
}
