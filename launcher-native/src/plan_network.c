/* What plan_decode lets pass of HOST_NETWORK and NETWORK. */
#include "network.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <string.h>

struct network_step network_step_of(struct args args)
{
	struct network_step step = { .action = arg_u64(&args) };

	step.interface = arg_string(&args);
	step.object = arg_string(&args);
	step.extra = arg_string(&args);
	step.number = arg_u64(&args);
	return step;
}

bool parse_ip(const char *text, struct ip *ret)
{
	bool six = strchr(text, ':') != NULL;

	ret->family = six ? AF_INET6 : AF_INET;
	ret->size = six ? 16 : 4;
	return inet_pton(ret->family, text, ret->bytes) == 1;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool parse_hardware(const char *text, uint8_t *ret)
{
	int i, high, low;

	for (i = 0; i < 6; i++, text += 3) {
		high = hex_digit(text[0]);
		low = high < 0 ? -1 : hex_digit(text[1]);
		if (low < 0 || text[2] != (i < 5 ? ':' : 0))
			return false;
		ret[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

/* Not more than the kernel wants, but no template for names ("veth%d") of its choice. */
static bool is_interface(const char *name)
{
	size_t length = strlen(name);

	return length > 0 && length < IFNAMSIZ && !strpbrk(name, "/%");
}

static bool is_prefix(const char *address, uint64_t bits)
{
	struct ip ip;

	return parse_ip(address, &ip) && bits <= ip.size * 8;
}

static bool is_route(const struct network_step *step)
{
	struct ip to = { 0 }, via = { 0 };

	if (step->extra[0] && !parse_ip(step->extra, &via))
		return false;
	if (!step->object[0])
		return step->extra[0] && step->number == 0;
	return is_prefix(step->object, step->number) && parse_ip(step->object, &to) &&
	       (!step->extra[0] || to.family == via.family);
}

static bool is_step(const struct network_step *step, bool on_host)
{
	bool plain = !step->extra[0] && (step->action == NETWORK_ADDRESS || step->number == 0);
	uint8_t hardware[6];

	if (!is_interface(step->interface))
		return false;
	switch (step->action) {
	case NETWORK_VETH:
		return on_host && is_interface(step->object) && step->number <= INT32_MAX &&
		       (!step->extra[0] || parse_hardware(step->extra, hardware));
	case NETWORK_BRIDGE:
		return on_host && plain && is_interface(step->object);
	case NETWORK_ADDRESS:
		return plain && is_prefix(step->object, step->number);
	case NETWORK_UP:
		return plain && !step->object[0];
	case NETWORK_ROUTE:
		return !on_host && is_route(step);
	default:
		return false;
	}
}

/* The first op has been checked before any other. */
static bool has_net_namespace(const struct plan *plan)
{
	struct plan_op op;

	(void)plan_next_op(plan->ops, &op);
	return op.code == OP_NAMESPACES && (arg_u64(&op.args) & CLONE_NEWNET);
}

const char *plan_check_network(const struct plan *plan, uint32_t code, struct args args)
{
	struct network_step step = network_step_of(args);
	bool on_host = code == OP_HOST_NETWORK;

	if (!is_step(&step, on_host))
		return on_host ? "HOST_NETWORK has an argument that cannot be"
			       : "NETWORK has an argument that cannot be";
	/* else the host's own network would be changed */
	return has_net_namespace(plan) ? NULL : "a network without a net namespace of its own";
}
