/*
 * The page with the statuses of all services, as clients see it: README.md section 4. It is there
 * as long as somebody has it open, and what is written to it can be waited for, supervisor or not.
 */
#ifndef OSTLER_PAGE_H
#define OSTLER_PAGE_H

#include "proto.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	PAGE_SLOT_BYTES = 4096, /* and of the page in front of the slots */
	PAGE_TEXT_BYTES = 1024,
	/* Bits of milestones. */
	PAGE_STARTED = 1,
	PAGE_READY = 2,
	PAGE_STOPPED = 4,
};

/* The page in front. */
struct page_head {
	char magic[8]; /* "OSTLPAGE" */
	uint32_t number; /* raised by each write, then FUTEX_WAKE */
	uint32_t over; /* nothing is written any more */
};

struct page_record {
	uint32_t milestones; /* bits */
	char service[PAGE_TEXT_BYTES], state[PAGE_TEXT_BYTES], reason[PAGE_TEXT_BYTES];
};

/* The last complete value of a record. False: there is none, or it was cleared. */
bool page_read(int fd, uint32_t number, struct page_record *ret);

/*
 * Wait until all records of a FRAME_PAGE payload have the milestone; else say which have not, at
 * the end of the time, of the project or of its keeper. keeper_pidfd is -1 when that cannot be
 * watched. The exit code, or -EBADMSG when fd is no page, or the payload no such.
 */
int page_wait(int fd, const void *payload, size_t size, int keeper_pidfd);

#endif
