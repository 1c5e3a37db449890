/* What the kernel tells of mounts: listmount(2) and statmount(2), or /proc/PID/mountinfo. */
#include "mounts.h"

#include <linux/mount.h>
#include <string.h>

/* Linux 6.8: not in the headers of Debian 12 */
enum { SYS_STATMOUNT = 457, SYS_LISTMOUNT = 458, REQUEST_BYTES = 24 };
enum { ASK_BASIC = 2, ASK_POINT = 0x10, ASK_TYPE = 0x20 };

static const uint64_t LIST_ROOT = UINT64_MAX;

struct request { /* struct mnt_id_req */
	uint32_t size, zero;
	uint64_t id, param;
};

struct status { /* struct statmount */
	uint32_t size, options;
	uint64_t mask;
	uint32_t major, minor;
	uint64_t magic;
	uint32_t superblock_flags, type; /* strings: offsets from text */
	uint64_t key, parent_key;
	uint32_t id, parent;
	uint64_t attributes, propagation, peer_group, master, from;
	uint32_t root, point;
	uint64_t more[50];
	char text[4096 + 64];
};
_Static_assert(offsetof(struct status, text) == 512, "struct statmount of linux/mount.h");

static long list_some(uint64_t after, uint64_t *ids, size_t n)
{
	struct request request = { REQUEST_BYTES, 0, LIST_ROOT, after };

	return sys4(SYS_LISTMOUNT, &request, ids, n, 0);
}

bool mount_list_works(void)
{
	uint64_t id;

	return list_some(0, &id, 1) == 1;
}

static void copy(char *to, size_t room, const char *from)
{
	struct text text = { to, room - 1 };

	text_add(&text, from);
}

static int ask(uint64_t key, struct seen_mount *ret)
{
	struct request request = { REQUEST_BYTES, 0, key, ASK_BASIC | ASK_TYPE | ASK_POINT };
	struct status status;
	long r = sys4(SYS_STATMOUNT, &request, &status, sizeof(status), 0);

	if (r == -EOVERFLOW) { /* a path beyond PATH_MAX: nobody needs it but to be told */
		request.param = ASK_BASIC | ASK_TYPE;
		r = sys4(SYS_STATMOUNT, &request, &status, sizeof(status), 0);
	}
	if (r < 0)
		return (int)r;
	*ret = (struct seen_mount){ .id = status.id, .parent = status.parent,
				    .parent_key = status.parent_key,
				    .attributes = status.attributes };
	if (status.mask & ASK_TYPE)
		copy(ret->type, sizeof(ret->type), status.text + status.type);
	if (status.mask & ASK_POINT)
		copy(ret->point, sizeof(ret->point), status.text + status.point);
	return 1;
}

void mount_list_start(struct mount_list *list, int mountinfo)
{
	list->mountinfo = mountinfo;
	list->at = list->count = 0;
	list->last = 0;
	list->offset = 0;
}

static int next_by_calls(struct mount_list *list, struct seen_mount *ret)
{
	long r;

	if (list->at == list->count) {
		r = list_some(list->last, list->ids, sizeof(list->ids) / sizeof(list->ids[0]));
		if (r <= 0)
			return (int)r;
		list->at = 0;
		list->count = (uint32_t)r;
		list->last = list->ids[r - 1];
	}
	return ask(list->ids[list->at++], ret);
}

/* The next byte of mountinfo; 0 at its end, or -errno. */
static int next_byte(struct mount_list *list)
{
	long r;

	if (list->at == list->count) {
		do
			r = sys_pread(list->mountinfo, list->bytes, sizeof(list->bytes),
				      list->offset);
		while (r == -EINTR);
		if (r <= 0)
			return (int)r;
		list->at = 0;
		list->count = (uint32_t)r;
		list->offset += r;
	}
	return (unsigned char)list->bytes[list->at++];
}

/* A field up to a blank, cut to room; what ended it: ' ', '\n', 0 at the end, or -errno. */
static int next_field(struct mount_list *list, char *field, size_t room)
{
	int byte;

	while ((byte = next_byte(list)) > 0 && byte != ' ' && byte != '\n') {
		if (room > 1) {
			*field++ = (char)byte;
			room--;
		}
	}
	*field = 0;
	return byte;
}

static uint32_t number(const char *digit)
{
	uint32_t value = 0;

	for (; *digit >= '0' && *digit <= '9'; digit++)
		value = value * 10 + (uint32_t)(*digit - '0');
	return value;
}

/* The words of mountinfo's sixth field, as MOUNT_ATTR_*. */
static uint64_t attributes_of(const char *words)
{
	static const struct {
		const char *word;
		uint64_t attribute;
	} known[] = {
		{ "ro", MOUNT_ATTR_RDONLY }, { "nosuid", MOUNT_ATTR_NOSUID },
		{ "nodev", MOUNT_ATTR_NODEV }, { "noexec", MOUNT_ATTR_NOEXEC },
		{ "nosymfollow", MOUNT_ATTR_NOSYMFOLLOW },
	};
	uint64_t attributes = 0;
	const char *end;
	size_t i, n;

	for (;; words = end + 1) {
		end = strchrnul(words, ',');
		n = (size_t)(end - words);
		for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			if (n == strlen(known[i].word) && memcmp(words, known[i].word, n) == 0)
				attributes |= known[i].attribute;
		if (!*end)
			return attributes;
	}
}

/* ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [TAG...] - TYPE SOURCE SUPER_OPTIONS */
static int next_by_text(struct mount_list *list, struct seen_mount *ret)
{
	char field[128];
	int end = next_field(list, field, sizeof(field)), i;

	if (end <= 0)
		return end;
	*ret = (struct seen_mount){ .id = number(field) };
	for (i = 2; end == ' ' && i <= 6; i++) {
		bool point = i == 5;

		end = next_field(list, point ? ret->point : field,
				 point ? sizeof(ret->point) : sizeof(field));
		if (i == 2)
			ret->parent = number(field);
	}
	ret->attributes = attributes_of(field);
	while (end == ' ' && strcmp(field, "-") != 0)
		end = next_field(list, field, sizeof(field));
	if (end == ' ')
		end = next_field(list, ret->type, sizeof(ret->type));
	while (end == ' ')
		end = next_field(list, field, sizeof(field));
	return end < 0 ? end : 1;
}

int mount_list_next(struct mount_list *list, struct seen_mount *ret)
{
	return list->mountinfo < 0 ? next_by_calls(list, ret) : next_by_text(list, ret);
}

int mount_list_parent(const struct mount_list *list, const struct seen_mount *of,
		      struct seen_mount *ret)
{
	struct mount_list again;
	uint32_t id = of->parent;
	int r;

	if (list->mountinfo < 0) {
		r = ask(of->parent_key, ret);
		return r == -ENOENT || r == -EPERM ? 0 : r;
	}
	mount_list_start(&again, list->mountinfo);
	do
		r = mount_list_next(&again, ret);
	while (r > 0 && ret->id != id);
	return r;
}
