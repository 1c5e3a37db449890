/*
 * rtnetlink(7): one request at a time, its acknowledgement, and what the kernel says of a refusal.
 * Buffers are bounded, nothing is allocated.
 */
#ifndef OSTLER_NETLINK_H
#define OSTLER_NETLINK_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	NETLINK_REQUEST_BYTES = 512, /* names of 16, addresses of 16, nested four deep: under 256 */
	NETLINK_TEXT_BYTES = 120, /* a kernel's text has 80 with its arguments filled in */
};

struct netlink {
	int fd;
	uint32_t port; /* ours, as the kernel addresses its answers */
	uint32_t sequence;
	char text[NETLINK_TEXT_BYTES]; /* the kernel's reason of the last refusal, or "" */
};

struct netlink_request {
	union {
		struct nlmsghdr header;
		uint8_t bytes[NETLINK_REQUEST_BYTES];
	};
	bool overflow; /* something did not fit; netlink_ask then refuses */
};

/* A socket in the network namespace of the caller. 0, or -errno of the call named in *ret_call. */
int netlink_open(struct netlink *ret, const char **ret_call);
void netlink_close(struct netlink *netlink);

/* Begin a request: its type, NLM_F_* beside REQUEST and ACK, and the fixed part that follows. */
void netlink_begin(struct netlink_request *request, uint16_t type, uint16_t flags,
		   const void *fixed, size_t size);
void netlink_add(struct netlink_request *request, uint16_t type, const void *value, size_t size);
void netlink_add_text(struct netlink_request *request, uint16_t type, const char *text);
void netlink_add_u32(struct netlink_request *request, uint16_t type, uint32_t value);

/* An attribute of attributes, all that is added until its end; where it began. */
size_t netlink_nest(struct netlink_request *request, uint16_t type);
void netlink_nest_end(struct netlink_request *request, size_t began);

/* Bytes as they are, for a nest that begins with a fixed part. */
void netlink_add_fixed(struct netlink_request *request, const void *fixed, size_t size);

/*
 * Send it and read the answer, which the kernel has ready when the call returns. 0, or -errno with
 * netlink->text filled.
 */
int netlink_ask(struct netlink *netlink, struct netlink_request *request);

#endif
