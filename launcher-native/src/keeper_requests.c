/*
 * What the supervisor asks. Each request is executed completely before the next, and answered.
 */
#include "keeper_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

/* A supervisor that only asks must not keep the children waiting. */
enum { PACKETS_PER_TURN = 64 };

/* How long a JVM may take to leave after EXIT. */
#define EXIT_WAIT_NS (1 * NS_PER_S)

static int request_spawn(struct keeper *k, const void *payload)
{
	struct proto_spawn spawn;
	int error;

	memcpy(&spawn, payload, sizeof(spawn));
	error = launch_spawn(k, &spawn);
	/*
	 * How many descriptors belonged to a refused plan is not known: the rest of the packet's go
	 * too.
	 */
	if (error)
		wire_drop_fds(k);
	return error;
}

static int request_store(struct keeper *k, const void *payload)
{
	char name[PROTO_NAME_BYTES];
	int fd = wire_take_fd(k);
	int error;

	memcpy(name, payload, sizeof(name));
	if (fd < 0)
		return -EPROTO;
	error = name[0] && !name[sizeof(name) - 1] ? store_put(&k->store, name, fd) : -EPROTO;
	if (error)
		(void)close(fd); /* not kept */
	else if (!strcmp(name, PROTO_STORE_RELOADED))
		k->jvm.told[SIGHUP] = 0;
	return error;
}

static int request_drop(struct keeper *k, const void *payload)
{
	char name[PROTO_NAME_BYTES];

	memcpy(name, payload, sizeof(name));
	return name[0] && !name[sizeof(name) - 1] ? store_drop(&k->store, name) : -EPROTO;
}

static int request_exit(struct keeper *k, const void *payload)
{
	uint32_t code;

	memcpy(&code, payload, sizeof(code));
	k->exit_code = (int)(code & 255);
	k->exit_asked = true;
	k->exit_at_ns = now_ns() + EXIT_WAIT_NS;
	return 0;
}

static int request_ack(struct keeper *k, const void *payload)
{
	struct proto_key key;
	struct slot *slot;

	memcpy(&key, payload, sizeof(key));
	if (key.service[sizeof(key.service) - 1])
		return -EPROTO;
	slot = slots_find(&k->slots, &key);
	if (!slot)
		return -ENOENT;
	if (!slot_is_final(slot))
		return -EBUSY;
	slot_close(k, slot);
	slots_release(&k->slots, slot);
	return 0;
}

static int request_detach(struct keeper *k, const void *payload)
{
	int null, code;

	memcpy(&code, payload, sizeof(code));
	if (k->detach_fd < 0)
		return -EINVAL;
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0)
		return -errno;
	(void)!write(k->detach_fd, &code, sizeof(code)); /* a caller that is gone needs no answer */
	for (int fd = 0; fd <= 2; fd++)
		(void)dup2(null, fd); /* over an open descriptor this cannot fail */
	(void)close(null);
	(void)close(k->detach_fd);
	k->detach_fd = -1;
	k->detached = true;
	return 0;
}

static int request_adopted(struct keeper *k, const void *payload)
{
	(void)payload; /* has none */
	k->jvm.adopted = true;
	k->jvm.deaths_in_a_row = 0;
	return 0;
}

static int request_follow(struct keeper *k, const void *payload)
{
	struct proto_follow follow;
	int pidfd = wire_take_fd(k);
	int error;

	memcpy(&follow, payload, sizeof(follow));
	if (pidfd < 0)
		return -EPROTO;
	error = -EPROTO;
	if (!follow.key.service[sizeof(follow.key.service) - 1])
		error = follow_asked(k, &follow, pidfd);
	if (error)
		(void)close(pidfd); /* not kept */
	return error;
}

static int request_arm(struct keeper *k, const void *payload)
{
	struct proto_arm arm;
	int error;

	memcpy(&arm, payload, sizeof(arm));
	error = armed_asked(k, &arm);
	if (error)
		wire_drop_fds(k); /* as of a refused SPAWN */
	return error;
}

static int request_disarm(struct keeper *k, const void *payload)
{
	struct proto_key key;

	memcpy(&key, payload, sizeof(key));
	return key.service[sizeof(key.service) - 1] ? -EPROTO : armed_dropped(k, &key);
}

static const struct request {
	uint32_t payload_bytes;
	int (*run)(struct keeper *k, const void *payload);
} requests[] = {
	[PROTO_SPAWN] = { sizeof(struct proto_spawn), request_spawn },
	[PROTO_STORE] = { PROTO_NAME_BYTES, request_store },
	[PROTO_DROP] = { PROTO_NAME_BYTES, request_drop },
	[PROTO_EXIT] = { sizeof(uint32_t), request_exit },
	[PROTO_LIST] = { sizeof(uint32_t), NULL }, /* answered by events_list */
	[PROTO_ACK] = { sizeof(struct proto_key), request_ack },
	[PROTO_DETACH] = { sizeof(int32_t), request_detach },
	[PROTO_ADOPTED] = { 0, request_adopted },
	[PROTO_FOLLOW] = { sizeof(struct proto_follow), request_follow },
	[PROTO_ARM] = { sizeof(struct proto_arm), request_arm },
	[PROTO_DISARM] = { sizeof(struct proto_key), request_disarm },
};

/* Run one record. False: the answer does not fit into the socket now, nothing was done. */
static bool run_record(struct keeper *k, const struct proto_header *header, const void *payload)
{
	size_t size = header->length - sizeof(*header);
	const struct request *request;
	uint32_t cursor;

	if (!wire_room(k, sizeof(*header) + sizeof(int32_t), 0))
		return false;
	if (header->type < PROTO_SPAWN || header->type > PROTO_DISARM) {
		wire_reply(k, header->seq, -EPROTO);
		return true;
	}
	request = &requests[header->type];
	if (size != request->payload_bytes) {
		wire_reply(k, header->seq, -EPROTO);
	} else if (header->type == PROTO_LIST) {
		memcpy(&cursor, payload, sizeof(cursor));
		return events_list(k, header->seq, cursor);
	} else {
		wire_reply(k, header->seq, request->run(k, payload));
	}
	return true;
}

/* Run the records of the packet. False: the socket is full in the middle of it. */
static bool run_packet(struct keeper *k)
{
	while (k->in.offset < k->in.size) {
		const uint8_t *record = k->in.bytes + k->in.offset;
		size_t left = k->in.size - k->in.offset;
		struct proto_header header = { 0 };
		bool malformed;

		memcpy(&header, record, left < sizeof(header) ? left : sizeof(header));
		malformed = left < sizeof(header) || header.length < sizeof(header) ||
			header.length > left;
		if (malformed || k->in.truncated) {
			/*
			 * With a descriptor missing every record is refused: which one it belonged
			 * to is not known.
			 */
			if (!wire_room(k, sizeof(header) + sizeof(int32_t), 0))
				return false;
			wire_reply(k, header.seq, k->in.truncated ? -EMSGSIZE : -EPROTO);
		} else if (!run_record(k, &header, record + sizeof(header))) {
			return false;
		}
		if (malformed)
			break; /* where the next record starts is not known */
		k->in.offset += header.length;
	}
	wire_drop_fds(k);
	k->in.offset = k->in.size = 0;
	return true;
}

enum reading { READ_ONE, READ_ALL, READ_BLOCKED };

/* Runs what is left of the last packet, and takes the next one. */
static enum reading read_packet(struct keeper *k)
{
	int received;

	if (!run_packet(k))
		return READ_BLOCKED;
	received = wire_receive(k);
	if (received == 0) {
		k->jvm.peer_gone = true;
		/* HUP for ever */
		(void)epoll_ctl(k->epoll_fd, EPOLL_CTL_DEL, k->jvm.socket, NULL);
		jvm_kill(k); /* one that closed its socket cannot be talked to any more */
	}
	return received > 0 ? READ_ONE : READ_ALL;
}

void requests_read(struct keeper *k)
{
	for (int i = 0; i < PACKETS_PER_TURN || k->jvm.peer_gone; i++)
		if (read_packet(k) != READ_ONE)
			return;
}

bool requests_drain(struct keeper *k)
{
	enum reading reading = READ_ALL;

	do {
		if (k->jvm.socket >= 0)
			reading = read_packet(k);
	} while (reading == READ_ONE);
	return reading == READ_ALL;
}
