/*
 * Packets of the keeper's protocol: in, out, and the descriptors that travel with them.
 */
#include "keeper_impl.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

union control_buffer {
	char bytes[CMSG_SPACE(sizeof(int) * PROTO_SCM_MAX)];
	struct cmsghdr align;
};

static void wait_for(struct keeper *k, bool writable)
{
	struct epoll_event event = {
		/* While the supervisor does not read, nothing more is read from it. */
		.events = writable ? EPOLLOUT : EPOLLIN,
		.data.u64 = (uint64_t)WATCH_SOCKET << 32,
	};

	if (k->jvm.write_blocked == writable)
		return;
	k->jvm.write_blocked = writable;
	(void)epoll_ctl(k->epoll_fd, EPOLL_CTL_MOD, k->jvm.socket, &event); /* it is registered */
}

static ssize_t send_packet(struct keeper *k)
{
	union control_buffer control;
	struct iovec iov = { .iov_base = k->out.bytes, .iov_len = k->out.size };
	struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1 };
	size_t bytes = sizeof(int) * k->out.n_fds;

	if (bytes) {
		struct cmsghdr *header;

		memset(&control, 0, CMSG_SPACE(bytes));
		message.msg_control = control.bytes;
		message.msg_controllen = CMSG_SPACE(bytes);
		header = CMSG_FIRSTHDR(&message);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(bytes);
		memcpy(CMSG_DATA(header), k->out.fds, bytes);
	}
	return sendmsg(k->jvm.socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

bool wire_flush(struct keeper *k)
{
	if (!k->out.size)
		return true;
	if (k->jvm.socket >= 0 && !k->jvm.peer_gone && send_packet(k) < 0) {
		/*
		 * ETOOMANYREFS: too many descriptors in flight for this user, until the peer reads.
		 */
		if (errno == EAGAIN || errno == EINTR || errno == ENOBUFS || errno == ENOMEM ||
		    errno == ETOOMANYREFS) {
			wait_for(k, true);
			return false;
		}
		k->jvm.peer_gone = true;
	}
	k->out.size = 0;
	k->out.n_fds = 0;
	if (k->jvm.socket >= 0)
		wait_for(k, false);
	return true;
}

bool wire_room(struct keeper *k, size_t bytes, uint32_t n_fds)
{
	if (k->out.size + bytes <= PROTO_PACKET_MAX && k->out.n_fds + n_fds <= PROTO_EVENT_FDS)
		return true;
	return wire_flush(k);
}

void wire_add(struct keeper *k, uint16_t type, uint32_t seq, const void *payload, size_t size)
{
	struct proto_header header = {
		.length = (uint32_t)(sizeof(header) + size),
		.type = type,
		.seq = seq,
	};

	memcpy(k->out.bytes + k->out.size, &header, sizeof(header));
	if (size)
		memcpy(k->out.bytes + k->out.size + sizeof(header), payload, size);
	k->out.size += header.length;
}

void wire_add_fd(struct keeper *k, int fd)
{
	k->out.fds[k->out.n_fds++] = fd;
}

void wire_reply(struct keeper *k, uint32_t seq, int error)
{
	int32_t positive = -error;

	if (error)
		wire_add(k, PROTO_ERROR, seq, &positive, sizeof(positive));
	else
		wire_add(k, PROTO_OK, seq, NULL, 0);
}

static void take_descriptors(struct keeper *k, struct msghdr *message)
{
	k->in.n_fds = k->in.next_fd = 0;
	for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header;
	     header = CMSG_NXTHDR(message, header)) {
		size_t bytes;

		if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
			continue;
		bytes = header->cmsg_len - CMSG_LEN(0);
		memcpy(k->in.fds, CMSG_DATA(header), bytes); /* the buffer holds no more */
		k->in.n_fds = (uint32_t)(bytes / sizeof(int));
	}
}

int wire_receive(struct keeper *k)
{
	union control_buffer control;
	struct iovec iov = { .iov_base = k->in.bytes, .iov_len = sizeof(k->in.bytes) };
	struct msghdr message;
	ssize_t size;

	do {
		message = (struct msghdr){
			.msg_iov = &iov,
			.msg_iovlen = 1,
			.msg_control = control.bytes,
			.msg_controllen = sizeof(control.bytes),
		};
		size = recvmsg(k->jvm.socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
		/*
		 * ECONNRESET comes once, when the peer left packets of ours unread; its own come
		 * after it.
		 */
	} while (size < 0 && (errno == ECONNRESET || errno == EINTR));
	k->in.offset = k->in.size = 0;
	if (size < 0)
		return errno == EAGAIN ? -EAGAIN : 0;
	take_descriptors(k, &message);
	k->in.truncated = message.msg_flags & (MSG_CTRUNC | MSG_TRUNC);
	if (k->in.truncated)
		wire_drop_fds(k);
	if (size == 0)
		return 0;
	k->in.size = (size_t)size;
	return 1;
}

int wire_take_fd(struct keeper *k)
{
	return k->in.next_fd < k->in.n_fds ? k->in.fds[k->in.next_fd++] : -1;
}

void wire_drop_fds(struct keeper *k)
{
	for (int fd = wire_take_fd(k); fd >= 0; fd = wire_take_fd(k))
		(void)close(fd); /* nothing was kept of it */
}
