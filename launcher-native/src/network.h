/*
 * Arguments of HOST_NETWORK and NETWORK: what plan_check_network lets pass can be parsed.
 */
#ifndef OSTLER_NETWORK_H
#define OSTLER_NETWORK_H

#include "ops.h"

struct network_step {
	uint64_t action; /* enum network_action */
	const char *interface, *object, *extra;
	uint64_t number;
};

struct ip {
	int family; /* AF_INET, AF_INET6 */
	size_t size;
	uint8_t bytes[16];
};

struct network_step network_step_of(struct args args);

/* False when the text is no address, or empty. */
bool parse_ip(const char *text, struct ip *ret);

/* "02:00:00:00:00:01"; false when it is no hardware address, or empty. */
bool parse_hardware(const char *text, uint8_t *ret);

#endif
