#include "keeper_play.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WAIT_MS = 20000 };

union control {
	char bytes[CMSG_SPACE(sizeof(int) * PROTO_SCM_MAX)];
	struct cmsghdr align;
};

static void wait_readable(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	int ready;

	do {
		ready = poll(&poll_fd, 1, WAIT_MS);
	} while (ready < 0 && errno == EINTR);
	CHECK_INT(ready, 1);
}

static ssize_t receive(int fd, void *buf, size_t size, int *ret_fds, uint32_t *ret_n)
{
	union control control;
	struct iovec part = { buf, size };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control,
				  .msg_controllen = sizeof(control) };
	struct cmsghdr *header;
	ssize_t n;

	wait_readable(fd);
	n = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
	CHECK_INT(message.msg_flags & (MSG_TRUNC | MSG_CTRUNC), 0);
	*ret_n = 0;
	header = n >= 0 ? CMSG_FIRSTHDR(&message) : NULL;
	if (header) {
		*ret_n = (uint32_t)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
		memcpy(ret_fds, CMSG_DATA(header), *ret_n * sizeof(int));
	}
	return n;
}

static ssize_t transmit(int fd, const void *bytes, size_t size, const int *fds, uint32_t n_fds)
{
	union control control = { 0 };
	struct iovec part = { (void *)bytes, size };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	struct cmsghdr *header;

	if (n_fds) {
		message.msg_control = &control;
		message.msg_controllen = CMSG_SPACE(sizeof(int) * n_fds);
		header = CMSG_FIRSTHDR(&message);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(sizeof(int) * n_fds);
		memcpy(CMSG_DATA(header), fds, sizeof(int) * n_fds);
	}
	return sendmsg(fd, &message, MSG_NOSIGNAL);
}

static struct sockaddr_un address_of(const char *name, socklen_t *ret_size)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	(void)snprintf(address.sun_path + 1, sizeof(address.sun_path) - 1, "%s", name);
	*ret_size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));
	return address;
}

bool play_is_jvm(int argc, char **argv)
{
	socklen_t size;
	struct sockaddr_un address;
	int protocol = 3, link;
	char nothing;

	if (argc != 3 || strcmp(argv[1], "--jvm") != 0)
		return false;
	address = address_of(argv[2], &size);
	link = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (connect(link, (struct sockaddr *)&address, size) < 0 || transmit(link, "J", 1,
									     &protocol, 1) != 1)
		_exit(9);
	(void)close(protocol); /* the test has it now */
	(void)!read(link, &nothing, 1);
	_exit(0);
}

static void run_keeper(struct play *play, const char *name, rlim_t nofile_soft)
{
	static char program[4096], jvm_name[64], option[] = "--jvm";
	char *argv[] = { program, option, jvm_name, NULL };
	char *envp[] = { NULL };
	struct rlimit limit;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	CHECK(readlink("/proc/self/exe", program, sizeof(program) - 1) > 0);
	(void)snprintf(jvm_name, sizeof(jvm_name), "%s", name);
	CHECK_INT(getrlimit(RLIMIT_NOFILE, &limit), 0);
	if (nofile_soft)
		limit.rlim_cur = nofile_soft;
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &limit), 0);
	if (play->errors)
		CHECK_INT(dup2(play->errors, 2), 2);
	CHECK_INT(keeper_prepare(&play->config.nofile), 0);
	if (!play->config.jvm_argv)
		play->config.jvm_argv = argv;
	play->config.jvm_envp = envp;
	play->config.jvm_dir = "/";
	if (!play->config.max_children)
		play->config.max_children = 1000;
	play->config.detach_fd = play->config.control_fd = play->config.environ_fd = -1;
	_exit(keeper_run(&play->config));
}

void play_start(struct play *play, rlim_t nofile_soft)
{
	static int count;
	char name[64];
	socklen_t size;
	struct sockaddr_un address;

	(void)snprintf(name, sizeof(name), "ostler-keeper-test/%d/%d", (int)getpid(), count++);
	address = address_of(name, &size);
	play->listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	play->socket = play->link = -1;
	CHECK_INT(bind(play->listener, (struct sockaddr *)&address, size), 0);
	CHECK_INT(listen(play->listener, 16), 0);
	(void)fflush(stdout);
	play->keeper = fork();
	CHECK(play->keeper >= 0);
	if (play->keeper == 0)
		run_keeper(play, name, nofile_soft);
}

void play_accept(struct play *play, struct proto_hello *ret)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);
	uint32_t n_fds;
	char byte;

	wait_readable(play->listener);
	play->link = accept4(play->listener, NULL, NULL, SOCK_CLOEXEC);
	CHECK(play->link >= 0);
	CHECK_INT(getsockopt(play->link, SOL_SOCKET, SO_PEERCRED, &peer, &size), 0);
	play->jvm = peer.pid;
	CHECK_INT(receive(play->link, &byte, 1, &play->socket, &n_fds), 1);
	CHECK_INT(n_fds, 1);
	play->size = play->offset = 0;
	play_expect(play, PROTO_HELLO, ret, sizeof(*ret));
}

static void forget_jvm(struct play *play)
{
	for (; play->next_fd < play->n_fds; play->next_fd++)
		(void)close(play->fds[play->next_fd]);
	(void)close(play->link);
	(void)close(play->socket);
	play->socket = play->link = -1;
}

void play_kill_jvm(struct play *play)
{
	CHECK_INT(kill(play->jvm, SIGKILL), 0);
	forget_jvm(play);
}

int play_keeper_status(struct play *play)
{
	int status;

	CHECK_INT(waitpid(play->keeper, &status, 0), play->keeper);
	if (play->socket >= 0)
		forget_jvm(play);
	(void)close(play->listener);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

void play_end(struct play *play, int code)
{
	uint32_t exit_code = (uint32_t)code;

	play_ask(play, PROTO_EXIT, &exit_code, sizeof(exit_code), NULL, 0, 0);
	forget_jvm(play);
	CHECK_INT(play_keeper_status(play), code);
}

void play_send_bytes(struct play *play, const void *bytes, size_t size, const int *fds,
		     uint32_t n_fds)
{
	CHECK_INT(transmit(play->socket, bytes, size, fds, n_fds), (ssize_t)size);
}

uint32_t play_send(struct play *play, uint16_t type, const void *payload, size_t size,
		   const int *fds,
		   uint32_t n_fds)
{
	uint8_t bytes[512];
	struct proto_header header = { .length = (uint32_t)(sizeof(header) + size), .type = type,
				       .seq = ++play->seq };

	memcpy(bytes, &header, sizeof(header));
	if (size)
		memcpy(bytes + sizeof(header), payload, size);
	play_send_bytes(play, bytes, header.length, fds, n_fds);
	return header.seq;
}

static void receive_next(struct play *play, struct record *ret)
{
	if (play->offset == play->size) {
		ssize_t n;

		CHECK_INT(play->next_fd, play->n_fds);
		n = receive(play->socket, play->packet, sizeof(play->packet), play->fds,
			    &play->n_fds);
		CHECK(n > 0);
		play->next_fd = 0;
		play->size = (size_t)n;
		play->offset = 0;
	}
	memcpy(&ret->header, play->packet + play->offset, sizeof(ret->header));
	CHECK(ret->header.length <= play->size - play->offset);
	CHECK(ret->header.length - sizeof(ret->header) <= sizeof(ret->payload));
	memcpy(ret->payload, play->packet + play->offset + sizeof(ret->header),
	       ret->header.length - sizeof(ret->header));
	play->offset += ret->header.length;
}

void play_next(struct play *play, struct record *ret)
{
	if (!play->n_held) {
		receive_next(play, ret);
		return;
	}
	*ret = play->held[0];
	play->n_held--;
	memmove(play->held, play->held + 1, play->n_held * sizeof(play->held[0]));
}

static bool is_event(const struct record *record)
{
	uint16_t type = record->header.type;

	return type == PROTO_RUNNING || type == PROTO_EXITED || type == PROTO_GONE;
}

int play_fd(struct play *play)
{
	CHECK(play->next_fd < play->n_fds);
	return play->fds[play->next_fd++];
}

void play_expect(struct play *play, uint16_t type, void *ret, size_t size)
{
	struct record record;

	play_next(play, &record);
	if (record.header.type == PROTO_FAILED && type != PROTO_FAILED) {
		struct proto_failed failed;

		memcpy(&failed, record.payload, sizeof(failed));
		fprintf(stderr, "FAILED kind %u code %d: %s \"%s\"\n", failed.kind, failed.code,
			failed.refusal.call, failed.refusal.object);
	}
	CHECK_INT(record.header.type, type);
	CHECK_INT(record.header.length, sizeof(record.header) + size);
	if (ret)
		memcpy(ret, record.payload, size);
}

void play_ask(struct play *play, uint16_t type, const void *payload, size_t size, const int *fds,
	      uint32_t n_fds, int error)
{
	uint32_t seq = play_send(play, type, payload, size, fds, n_fds);
	struct record record;
	int32_t got = 0;

	receive_next(play, &record);
	while (is_event(&record)) {
		CHECK(play->n_held < PLAY_HELD);
		play->held[play->n_held++] = record;
		receive_next(play, &record);
	}
	if (record.header.type == PROTO_ERROR)
		memcpy(&got, record.payload, sizeof(got));
	CHECK_INT(got, error);
	CHECK_INT(record.header.type, error ? PROTO_ERROR : PROTO_OK);
	CHECK_INT(record.header.seq, seq);
}

int sealed_memfd(const void *bytes, size_t size)
{
	int fd = memfd_create("plan", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	CHECK(fd >= 0);
	CHECK_INT(write(fd, bytes, size), (ssize_t)size);
	CHECK_INT(fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE),
		  0);
	return fd;
}

struct proto_spawn play_spawn(const char *service, uint32_t run)
{
	struct proto_spawn spawn = { .key = { .run = run }, .stop_signal = SIGTERM,
				    .grace_ms = 10000 };

	(void)snprintf(spawn.key.service, sizeof(spawn.key.service), "%s", service);
	return spawn;
}

void play_ask_spawn(struct play *play, const struct proto_spawn *spawn, struct build *build,
		    const int *fds, uint32_t n_fds, int error)
{
	size_t size = build_seal(build);
	int sent[PROTO_SCM_MAX] = { sealed_memfd(build->bytes, size) };

	if (n_fds)
		memcpy(sent + 1, fds, n_fds * sizeof(int));
	play_ask(play, PROTO_SPAWN, spawn, sizeof(*spawn), sent, n_fds + 1, error);
	(void)close(sent[0]);
}

void play_shell(struct play *play, const char *service, uint32_t flags, const char *text)
{
	struct proto_spawn spawn = play_spawn(service, 1);
	struct build build;

	build_start(&build, flags, 0);
	build_op(&build, OP_SIGNALS, NULL);
	build_execve(&build, (const char *const[]){ "/bin/sh", "-c", text, NULL });
	play_ask_spawn(play, &spawn, &build, NULL, 0, 0);
}
