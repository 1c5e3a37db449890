#include "netlink.h"
#include "sys.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

enum { ANSWER_BYTES = 2048 /* an error, its header and texts; the request is not sent back */ };

struct answer {
	union {
		struct nlmsghdr header;
		uint8_t bytes[ANSWER_BYTES];
	};
	size_t size;
};

/* Kernels before 4.12 have neither: the request comes back with the error, and no text. */
static void ask_for_texts(int fd)
{
	const int on = 1;

	(void)sys5(SYS_setsockopt, fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	(void)sys5(SYS_setsockopt, fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
}

int netlink_open(struct netlink *ret, const char **ret_call)
{
	struct sockaddr_nl own = { .nl_family = AF_NETLINK };
	uint32_t size = sizeof(own);
	long r;

	*ret = (struct netlink){ .fd = -1 };
	*ret_call = "socket";
	r = sys3(SYS_socket, AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (r < 0)
		return (int)r;
	ret->fd = (int)r;
	*ret_call = "bind";
	r = sys3(SYS_bind, ret->fd, &own, sizeof(own)); /* the kernel chooses the port */
	if (r >= 0) {
		*ret_call = "getsockname";
		r = sys3(SYS_getsockname, ret->fd, &own, &size);
	}
	if (r < 0) {
		netlink_close(ret);
		return (int)r;
	}
	ret->port = own.nl_pid;
	ask_for_texts(ret->fd);
	return 0;
}

void netlink_close(struct netlink *netlink)
{
	if (netlink->fd >= 0)
		(void)sys_close(netlink->fd);
	netlink->fd = -1;
}

void netlink_add_fixed(struct netlink_request *request, const void *fixed, size_t size)
{
	size_t at = request->header.nlmsg_len;

	if (size > sizeof(request->bytes) || at + NLMSG_ALIGN(size) > sizeof(request->bytes)) {
		request->overflow = true;
		return;
	}
	memcpy(request->bytes + at, fixed, size);
	request->header.nlmsg_len = (uint32_t)(at + NLMSG_ALIGN(size));
}

void netlink_begin(struct netlink_request *request, uint16_t type, uint16_t flags,
		   const void *fixed, size_t size)
{
	memset(request, 0, sizeof(*request));
	request->header.nlmsg_len = NLMSG_HDRLEN;
	request->header.nlmsg_type = type;
	request->header.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags);
	netlink_add_fixed(request, fixed, size);
}

void netlink_add(struct netlink_request *request, uint16_t type, const void *value, size_t size)
{
	struct nlattr attribute = { (uint16_t)(NLA_HDRLEN + size), type };

	netlink_add_fixed(request, &attribute, sizeof(attribute));
	netlink_add_fixed(request, value, size);
}

void netlink_add_text(struct netlink_request *request, uint16_t type, const char *text)
{
	netlink_add(request, type, text, strlen(text) + 1);
}

void netlink_add_u32(struct netlink_request *request, uint16_t type, uint32_t value)
{
	netlink_add(request, type, &value, sizeof(value));
}

size_t netlink_nest(struct netlink_request *request, uint16_t type)
{
	struct nlattr attribute = { NLA_HDRLEN, (uint16_t)(type | NLA_F_NESTED) };
	size_t began = request->header.nlmsg_len;

	netlink_add_fixed(request, &attribute, sizeof(attribute));
	return began;
}

void netlink_nest_end(struct netlink_request *request, size_t began)
{
	struct nlattr attribute;

	if (request->overflow)
		return;
	memcpy(&attribute, request->bytes + began, sizeof(attribute));
	attribute.nla_len = (uint16_t)(request->header.nlmsg_len - began);
	memcpy(request->bytes + began, &attribute, sizeof(attribute));
}

static long send_request(struct netlink *netlink, struct netlink_request *request)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct iovec part = { request->bytes, request->header.nlmsg_len };
	struct msghdr packet = {
		.msg_name = &kernel, .msg_namelen = sizeof(kernel),
		.msg_iov = &part, .msg_iovlen = 1,
	};
	long r;

	do
		r = sys3(SYS_sendmsg, netlink->fd, &packet, 0);
	while (r == -EINTR);
	return r;
}

/* A packet of the kernel's; what others have sent is passed over. 0 or -errno. */
static long receive(struct netlink *netlink, struct answer *ret)
{
	struct sockaddr_nl from = { 0 };
	struct iovec part = { ret->bytes, sizeof(ret->bytes) };
	struct msghdr packet;
	long r;

	do {
		packet = (struct msghdr){
			.msg_name = &from, .msg_namelen = sizeof(from),
			.msg_iov = &part, .msg_iovlen = 1,
		};
		r = sys3(SYS_recvmsg, netlink->fd, &packet, MSG_DONTWAIT);
	} while (r == -EINTR || (r >= 0 && from.nl_pid != 0));
	if (r < 0)
		return r;
	ret->size = (size_t)r;
	return packet.msg_flags & MSG_TRUNC ? -EMSGSIZE : 0;
}

/* Attributes behind an error: the text among them, control bytes and all. */
static void keep_text(struct netlink *netlink, const uint8_t *at, size_t left)
{
	struct nlattr attribute;
	size_t size;

	while (left >= NLA_HDRLEN) {
		memcpy(&attribute, at, sizeof(attribute));
		if (attribute.nla_len < NLA_HDRLEN || attribute.nla_len > left)
			return;
		size = attribute.nla_len - NLA_HDRLEN;
		if ((attribute.nla_type & NLA_TYPE_MASK) == NLMSGERR_ATTR_MSG) {
			size = size < NETLINK_TEXT_BYTES ? size : NETLINK_TEXT_BYTES - 1;
			memcpy(netlink->text, at + NLA_HDRLEN, size);
			netlink->text[size] = 0;
		}
		size = NLA_ALIGN(attribute.nla_len);
		if (size > left)
			return;
		at += size;
		left -= size;
	}
}

/* One message of an answer, whose whole length is there. 0 or -errno as the kernel says. */
static int acknowledged(struct netlink *netlink, const uint8_t *at, uint32_t length)
{
	struct nlmsghdr header;
	struct nlmsgerr error;
	size_t texts = NLMSG_HDRLEN + sizeof(error);

	memcpy(&header, at, sizeof(header));
	if (length < texts)
		return -EBADMSG;
	memcpy(&error, at + NLMSG_HDRLEN, sizeof(error));
	if (error.error > 0)
		return -EBADMSG;
	/* without NETLINK_CAP_ACK the rest of the request lies between */
	if (!(header.nlmsg_flags & NLM_F_CAPPED) && error.msg.nlmsg_len > NLMSG_HDRLEN)
		texts += NLMSG_ALIGN(error.msg.nlmsg_len - NLMSG_HDRLEN);
	if (error.error < 0 && (header.nlmsg_flags & NLM_F_ACK_TLVS) && texts < length)
		keep_text(netlink, at + texts, length - texts);
	return error.error;
}

/* Whether the answer to our request is in there; *ret then says what it is. */
static bool find_acknowledgement(struct netlink *netlink, const struct answer *answer, int *ret)
{
	const uint8_t *at = answer->bytes;
	size_t left = answer->size;
	struct nlmsghdr header;

	while (left >= sizeof(header)) {
		memcpy(&header, at, sizeof(header));
		if (header.nlmsg_len < sizeof(header) || header.nlmsg_len > left)
			return false;
		if (header.nlmsg_type == NLMSG_ERROR && header.nlmsg_seq == netlink->sequence &&
		    header.nlmsg_pid == netlink->port) {
			*ret = acknowledged(netlink, at, header.nlmsg_len);
			return true;
		}
		if (NLMSG_ALIGN(header.nlmsg_len) > left)
			return false;
		at += NLMSG_ALIGN(header.nlmsg_len);
		left -= NLMSG_ALIGN(header.nlmsg_len);
	}
	return false;
}

int netlink_ask(struct netlink *netlink, struct netlink_request *request)
{
	struct answer answer;
	int answered = 0;
	long r;

	netlink->text[0] = 0;
	if (request->overflow)
		return -EMSGSIZE;
	request->header.nlmsg_seq = ++netlink->sequence;
	request->header.nlmsg_pid = netlink->port;
	r = send_request(netlink, request);
	while (r >= 0) {
		r = receive(netlink, &answer);
		if (r >= 0 && find_acknowledgement(netlink, &answer, &answered))
			return answered;
	}
	return (int)r;
}
