#include "store.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void *memory(size_t bytes)
{
	return mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

int store_init(struct store *store)
{
	struct store_entry *entries = memory(sizeof(*entries) * STORE_MAX);
	uint32_t *hashes = memory(sizeof(*hashes) * STORE_MAX);

	if (entries == MAP_FAILED || hashes == MAP_FAILED)
		return -errno;
	*store = (struct store){ .entries = entries, .hashes = hashes };
	return 0;
}

/* FNV-1a, and never 0. */
static uint32_t hash_of(const char *name)
{
	uint32_t hash = 2166136261u;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 16777619u;
	return hash ? hash : 1;
}

static struct store_entry *find(const struct store *store, const char *name)
{
	uint32_t hash = hash_of(name);

	for (uint32_t i = 0; i < store->high; i++)
		if (store->hashes[i] == hash && !strcmp(store->entries[i].name, name))
			return &store->entries[i];
	return NULL;
}

static struct store_entry *take(struct store *store)
{
	if (store->used < store->high)
		for (uint32_t i = 0; i < store->high; i++)
			if (!store->hashes[i])
				return &store->entries[i];
	return store->high == STORE_MAX ? NULL : &store->entries[store->high++];
}

int store_put(struct store *store, const char *name, int fd)
{
	struct store_entry *entry = find(store, name);

	if (entry) {
		(void)close(entry->fd); /* replaced; nothing to be done about it */
		entry->fd = fd;
		return 0;
	}
	entry = take(store);
	if (!entry)
		return -ENOSPC;
	memset(entry->name, 0, sizeof(entry->name));
	memcpy(entry->name, name, strnlen(name, sizeof(entry->name) - 1));
	store->hashes[entry - store->entries] = hash_of(entry->name);
	entry->fd = fd;
	store->used++;
	return 0;
}

bool store_has(const struct store *store, const char *name)
{
	return find(store, name) != NULL;
}

int store_drop(struct store *store, const char *name)
{
	struct store_entry *entry = find(store, name);

	if (!entry)
		return -ENOENT;
	(void)close(entry->fd); /* dropped; nothing to be done about it */
	entry->name[0] = 0;
	store->hashes[entry - store->entries] = 0;
	store->used--;
	return 0;
}
