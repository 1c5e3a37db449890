/*
 * A network of its own: a veth pair with one end in the namespace and the other on the host, there
 * in a bridge or with addresses; addresses and routes inside. rtnetlink(7).
 *
 * HOST_NETWORK is done by the parent while the child waits, NETWORK by the child. Arguments of both
 * are {action, interface, object, extra, number}, of
 *   VETH     the host's end, the end inside, its hardware address or "", MTU or 0
 *   BRIDGE   the host's end, a bridge, "", 0
 *   ADDRESS  interface, address, "", prefix length
 *   UP       interface, "", "", 0
 *   ROUTE    interface, destination or "" for all, gateway or "", prefix length
 */
#include "netlink.h"
#include "network.h"

#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/*
 * The pair of a run that was killed with its parent goes with its namespace, a moment after it;
 * until then its name is taken.
 */
enum { NAME_WAIT_MS = 1000, NAME_POLL_MS = 10 };

static const char *request_name(uint64_t action)
{
	static const char *const names[] = {
		[NETWORK_VETH] = "RTM_NEWLINK", [NETWORK_BRIDGE] = "RTM_SETLINK",
		[NETWORK_ADDRESS] = "RTM_NEWADDR", [NETWORK_UP] = "RTM_SETLINK",
		[NETWORK_ROUTE] = "RTM_NEWROUTE",
	};

	return names[action];
}

/* "10.1.0.2/24", "default via 10.1.0.1" */
static void add_prefix(struct text *text, const struct network_step *step)
{
	text_add(text, step->object[0] ? step->object : "default");
	if (step->object[0]) {
		text_add(text, "/");
		text_add_number(text, step->number);
	}
	if (step->extra[0])
		text_add(text, " via ");
	text_add(text, step->extra);
}

/* What it was about, and the kernel's own words when it has some. */
static int refuse_step(struct launch *launch, const struct network_step *step, const char *call,
		       int error, const char *reason)
{
	struct text object = refusal_object(launch);

	switch (step->action) {
	case NETWORK_VETH:
		text_add(&object, "veth pair ");
		text_add(&object, step->object);
		text_add(&object, " and ");
		break;
	case NETWORK_BRIDGE:
		text_add(&object, "bridge ");
		text_add(&object, step->object);
		text_add(&object, " with ");
		break;
	case NETWORK_UP:
		text_add(&object, "up ");
		break;
	default:
		add_prefix(&object, step);
		text_add(&object, " on ");
	}
	text_add(&object, step->interface);
	if (reason[0])
		text_add(&object, ": ");
	text_add(&object, reason);
	return refuse(launch, SYS_sendmsg, call, error);
}

static long index_of(const struct netlink *netlink, const char *interface, uint32_t *ret)
{
	struct ifreq request = { 0 };
	struct text name = { request.ifr_name, IFNAMSIZ - 1 };
	long r;

	text_add(&name, interface);
	r = sys3(SYS_ioctl, netlink->fd, SIOCGIFINDEX, &request);
	*ret = (uint32_t)request.ifr_ifindex;
	return r;
}

static void add_end(struct netlink_request *request, const char *name, uint64_t mtu)
{
	netlink_add_text(request, IFLA_IFNAME, name);
	if (mtu > 0)
		netlink_add_u32(request, IFLA_MTU, (uint32_t)mtu);
}

/* The end inside is made where it shall be: it never is on the host. */
static void veth_request(struct netlink_request *request, const struct network_step *step,
			 pid_t child)
{
	struct ifinfomsg link = { .ifi_family = AF_UNSPEC };
	uint8_t hardware[6];
	size_t info, data, peer;

	netlink_begin(request, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &link, sizeof(link));
	add_end(request, step->interface, step->number);
	info = netlink_nest(request, IFLA_LINKINFO);
	netlink_add_text(request, IFLA_INFO_KIND, "veth");
	data = netlink_nest(request, IFLA_INFO_DATA);
	peer = netlink_nest(request, VETH_INFO_PEER);
	netlink_add_fixed(request, &link, sizeof(link));
	add_end(request, step->object, step->number);
	if (parse_hardware(step->extra, hardware))
		netlink_add(request, IFLA_ADDRESS, hardware, sizeof(hardware));
	netlink_add_u32(request, IFLA_NET_NS_PID, (uint32_t)child);
	netlink_nest_end(request, peer);
	netlink_nest_end(request, data);
	netlink_nest_end(request, info);
}

static int make_veth(struct launch *launch, struct netlink *netlink,
		     const struct network_step *step)
{
	struct netlink_request request;
	int waited, r = -EEXIST;

	for (waited = 0; r == -EEXIST && waited <= NAME_WAIT_MS; waited += NAME_POLL_MS) {
		if (waited > 0)
			sys_sleep_ms(NAME_POLL_MS);
		veth_request(&request, step, launch->child);
		r = netlink_ask(netlink, &request);
	}
	if (r >= 0)
		r = (int)index_of(netlink, step->interface, &launch->host_link);
	return r;
}

static void link_request(struct netlink_request *request, uint32_t index, unsigned int flags)
{
	struct ifinfomsg link = {
		.ifi_family = AF_UNSPEC, .ifi_index = (int)index,
		.ifi_flags = flags, .ifi_change = flags,
	};

	netlink_begin(request, RTM_SETLINK, 0, &link, sizeof(link));
}

static void address_request(struct netlink_request *request, uint32_t index,
			    const struct network_step *step)
{
	struct ip ip = { 0 };
	struct ifaddrmsg address = { .ifa_index = index };

	(void)parse_ip(step->object, &ip);
	address.ifa_family = (uint8_t)ip.family;
	address.ifa_prefixlen = (uint8_t)step->number;
	/* usable at once: no second of looking for somebody else who has it */
	address.ifa_flags = ip.family == AF_INET6 ? IFA_F_NODAD : 0;
	netlink_begin(request, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &address, sizeof(address));
	netlink_add(request, IFA_LOCAL, ip.bytes, ip.size);
	netlink_add(request, IFA_ADDRESS, ip.bytes, ip.size);
}

static void route_request(struct netlink_request *request, uint32_t index,
			  const struct network_step *step)
{
	struct ip to = { 0 }, via = { 0 };
	bool has_to = parse_ip(step->object, &to), has_via = parse_ip(step->extra, &via);
	struct rtmsg route = {
		.rtm_family = (uint8_t)(has_to ? to.family : via.family),
		.rtm_dst_len = (uint8_t)step->number,
		.rtm_table = RT_TABLE_MAIN, .rtm_protocol = RTPROT_STATIC,
		.rtm_scope = has_via ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK,
		.rtm_type = RTN_UNICAST,
	};

	netlink_begin(request, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, &route, sizeof(route));
	if (has_to)
		netlink_add(request, RTA_DST, to.bytes, to.size);
	if (has_via)
		netlink_add(request, RTA_GATEWAY, via.bytes, via.size);
	netlink_add_u32(request, RTA_OIF, index);
}

static int change(struct launch *launch, struct netlink *netlink, const struct network_step *step)
{
	struct netlink_request request;
	uint32_t index, bridge = 0;
	long r = index_of(netlink, step->interface, &index);

	if (r < 0)
		return refuse_named(launch, SYS_ioctl, "SIOCGIFINDEX", r, step->interface);
	if (step->action == NETWORK_BRIDGE) {
		r = index_of(netlink, step->object, &bridge);
		if (r < 0)
			return refuse_named(launch, SYS_ioctl, "SIOCGIFINDEX", r, step->object);
	}
	switch (step->action) {
	case NETWORK_BRIDGE:
		link_request(&request, index, 0);
		netlink_add_u32(&request, IFLA_MASTER, bridge);
		break;
	case NETWORK_ADDRESS:
		address_request(&request, index, step);
		break;
	case NETWORK_UP:
		link_request(&request, index, IFF_UP);
		break;
	default:
		route_request(&request, index, step);
	}
	r = netlink_ask(netlink, &request);
	return r < 0 ? refuse_step(launch, step, request_name(step->action), (int)r, netlink->text)
		     : 0;
}

static int perform(struct launch *launch, struct args args)
{
	struct network_step step = network_step_of(args);
	struct netlink netlink;
	const char *call;
	int r = netlink_open(&netlink, &call);

	if (r < 0)
		return refuse_step(launch, &step, call, r, "");
	if (step.action == NETWORK_VETH) {
		r = make_veth(launch, &netlink, &step);
		if (r < 0)
			r = refuse_step(launch, &step, request_name(step.action), r, netlink.text);
	} else {
		r = change(launch, &netlink, &step);
	}
	netlink_close(&netlink);
	return r;
}

/* By the parent; the child finds it done. */
int op_HOST_NETWORK(struct launch *launch, struct args *args)
{
	return launch->child > 0 ? perform(launch, *args) : 0;
}

int op_NETWORK(struct launch *launch, struct args *args)
{
	return perform(launch, *args);
}

void network_remove(uint32_t host_link)
{
	struct ifinfomsg link = { .ifi_family = AF_UNSPEC, .ifi_index = (int)host_link };
	struct netlink_request request;
	struct netlink netlink;
	const char *call;

	if (host_link == 0 || netlink_open(&netlink, &call) < 0)
		return; /* it goes with the namespace then */
	netlink_begin(&request, RTM_DELLINK, 0, &link, sizeof(link));
	(void)netlink_ask(&netlink, &request);
	netlink_close(&netlink);
}
