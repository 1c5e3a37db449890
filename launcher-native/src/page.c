/*
 * Waiting for what the supervisor writes, without asking it: futex(2) on the number in front.
 */
#include "page.h"

#include "commands.h"

#include <errno.h>
#include <linux/futex.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* How often it is looked whether the keeper still lives: its death wakes nobody up. */
#define LOOK_NS 1000000000ULL

enum { CRC_POLYNOMIAL = 0xedb88320, SLOT_HEADER_BYTES = 16 };

struct slot {
	uint64_t seq;
	uint32_t length, crc;
	uint8_t bytes[PAGE_SLOT_BYTES - SLOT_HEADER_BYTES];
};

static uint32_t crc32_add(uint32_t crc, const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? CRC_POLYNOMIAL : 0);
	}
	return crc;
}

/* CRC-32 of seq, the lowest byte of the length, and the bytes. */
static uint32_t checksum(const struct slot *slot)
{
	uint8_t length = (uint8_t)slot->length;
	uint32_t crc = crc32_add(~0U, (const uint8_t *)&slot->seq, sizeof(slot->seq));

	crc = crc32_add(crc, &length, sizeof(length));
	return ~crc32_add(crc, slot->bytes, slot->length);
}

/* One that is missing, or being written right now, has seq 0. */
static void read_slot(int fd, uint32_t number, int slot, struct slot *ret)
{
	off_t at = (off_t)PAGE_SLOT_BYTES * (1 + 2 * (off_t)number + slot);
	ssize_t got = pread(fd, ret, sizeof(*ret), at);

	if (got < SLOT_HEADER_BYTES || ret->length > (size_t)got - SLOT_HEADER_BYTES ||
	    checksum(ret) != ret->crc)
		ret->seq = 0;
}

/* A text of the record: u16 length, big-endian, and the bytes. The rest, or NULL when it is cut. */
static const uint8_t *take_text(const uint8_t *at, const uint8_t *end, char *ret)
{
	size_t length;

	if (!at || end - at < 2)
		return NULL;
	length = (size_t)at[0] << 8 | at[1];
	at += 2;
	if (length >= PAGE_TEXT_BYTES || length > (size_t)(end - at))
		return NULL;
	memcpy(ret, at, length);
	ret[length] = 0;
	return at + length;
}

bool page_read(int fd, uint32_t number, struct page_record *ret)
{
	struct slot slots[2];
	const struct slot *newer;
	const uint8_t *at, *end;

	for (int i = 0; i < 2; i++)
		read_slot(fd, number, i, &slots[i]);
	newer = slots[0].seq > slots[1].seq ? &slots[0] : &slots[1];
	if (!newer->seq || !newer->length)
		return false;
	at = newer->bytes;
	end = at + newer->length;
	ret->milestones = *at++;
	at = take_text(at, end, ret->service);
	at = take_text(at, end, ret->state);
	return take_text(at, end, ret->reason);
}

struct wait {
	int fd;
	struct frame_page frame;
	const struct frame_record *records;
	const char *late;
};

/* A service that a change has taken away has stopped, and is nothing else. */
static bool is_met(const struct wait *wait, uint32_t i, struct page_record *ret)
{
	const struct frame_record *asked = &wait->records[i];

	if (page_read(wait->fd, asked->number, ret) && !strcmp(ret->service, asked->service))
		return ret->milestones & wait->frame.milestone;
	(void)snprintf(ret->service, sizeof(ret->service), "%s", asked->service);
	ret->state[0] = 0;
	return wait->frame.milestone == PAGE_STOPPED;
}

static bool all_met(const struct wait *wait)
{
	struct page_record record;

	for (uint32_t i = 0; i < wait->frame.records; i++)
		if (!is_met(wait, i, &record))
			return false;
	return true;
}

static int fail(const struct wait *wait, const char *why)
{
	struct page_record record;

	if (*why)
		(void)dprintf(2, "%s\n", why);
	for (uint32_t i = 0; i < wait->frame.records; i++) {
		if (is_met(wait, i, &record))
			continue;
		if (record.state[0])
			(void)dprintf(2, "%s is %s: %s\n", record.service, record.state,
				      record.reason);
		else
			(void)dprintf(2, "%s is no longer there\n", record.service);
	}
	return EXIT_FAILED;
}

static uint64_t monotonic_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Until the number is another one, or the time is there. */
static void sleep_on(const uint32_t *number, uint32_t seen, uint64_t until_ns)
{
	struct timespec until = {
		.tv_sec = (time_t)(until_ns / 1000000000),
		.tv_nsec = (long)(until_ns % 1000000000),
	};

	/* Whatever it says: all is looked at again. */
	(void)syscall(SYS_futex, number, FUTEX_WAIT_BITSET, seen, &until, NULL,
		      FUTEX_BITSET_MATCH_ANY);
}

static bool is_gone(int keeper_pidfd)
{
	struct pollfd keeper = { .fd = keeper_pidfd, .events = POLLIN };

	return keeper_pidfd >= 0 && poll(&keeper, 1, 0) == 1;
}

static int wait_for(const struct wait *wait, const struct page_head *head, int keeper_pidfd)
{
	uint64_t until = wait->frame.until_ns ? wait->frame.until_ns : UINT64_MAX;

	while (true) {
		uint32_t seen = __atomic_load_n(&head->number, __ATOMIC_ACQUIRE);
		bool over = __atomic_load_n(&head->over, __ATOMIC_ACQUIRE);
		bool gone = is_gone(keeper_pidfd);
		uint64_t now = monotonic_ns();

		if (all_met(wait))
			return EXIT_OK;
		if (over)
			return fail(wait, "");
		if (gone)
			return fail(wait, "the keeper is gone:");
		if (now >= until)
			return fail(wait, wait->late);
		sleep_on(&head->number, seen, until - now < LOOK_NS ? until : now + LOOK_NS);
	}
}

int page_wait(int fd, const void *payload, size_t size, int keeper_pidfd)
{
	const char *bytes = payload;
	struct wait wait = { .fd = fd };
	const struct page_head *head;
	size_t records_bytes;
	int code = -EBADMSG;

	if (size <= sizeof(wait.frame) || bytes[size - 1])
		return -EBADMSG;
	memcpy(&wait.frame, payload, sizeof(wait.frame));
	records_bytes = (size_t)wait.frame.records * sizeof(struct frame_record);
	if (wait.frame.records > FRAME_PAGE_MAX || size - sizeof(wait.frame) <= records_bytes)
		return -EBADMSG;
	wait.records = (const void *)(bytes + sizeof(wait.frame));
	wait.late = bytes + sizeof(wait.frame) + records_bytes;
	for (uint32_t i = 0; i < wait.frame.records; i++)
		if (wait.records[i].service[PROTO_SERVICE_BYTES - 1])
			return -EBADMSG;
	head = mmap(NULL, PAGE_SLOT_BYTES, PROT_READ, MAP_SHARED, fd, 0);
	if (head == MAP_FAILED)
		return -errno;
	if (!memcmp(head->magic, "OSTLPAGE", sizeof(head->magic)))
		code = wait_for(&wait, head, keeper_pidfd);
	(void)munmap((void *)(uintptr_t)head, PAGE_SLOT_BYTES);
	return code;
}
