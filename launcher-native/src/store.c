#include "store.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int store_init(struct store *store)
{
	void *memory = mmap(NULL, sizeof(struct store_entry) * STORE_MAX, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (memory == MAP_FAILED)
		return -errno;
	*store = (struct store){ .entries = memory };
	return 0;
}

static struct store_entry *find(const struct store *store, const char *name)
{
	for (uint32_t i = 0; i < store->high; i++)
		if (!strcmp(store->entries[i].name, name))
			return &store->entries[i];
	return NULL;
}

int store_put(struct store *store, const char *name, int fd)
{
	struct store_entry *entry = find(store, name);

	if (entry) {
		(void)close(entry->fd); /* replaced; nothing to be done about it */
		entry->fd = fd;
		return 0;
	}
	entry = find(store, ""); /* a free one */
	if (!entry) {
		if (store->high == STORE_MAX)
			return -ENOSPC;
		entry = &store->entries[store->high++];
	}
	memset(entry->name, 0, sizeof(entry->name));
	memcpy(entry->name, name, strnlen(name, sizeof(entry->name) - 1));
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
	store->used--;
	return 0;
}
