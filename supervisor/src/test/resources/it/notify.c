/*
 * Sends each argument as one message of sd_notify(3). --barrier: then waits until all of them were
 * dealt with. --fd=N: descriptor N goes with each; --fd=/PATH: one that is no more than a place (O_PATH). No library: a client as a program that knows the protocol may have it.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int fail(const char *what)
{
	perror(what);
	return 1;
}

static ssize_t send_text(int fd, const struct sockaddr_un *to, socklen_t bytes, const char *text, int attached)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec part = { (void *)text, strlen(text) };
	struct msghdr message = { .msg_name = (void *)to, .msg_namelen = bytes, .msg_iov = &part, .msg_iovlen = 1 };

	if (attached >= 0) {
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.header), &attached, sizeof(int));
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
	}
	return sendmsg(fd, &message, MSG_NOSIGNAL);
}

static int attachment(const char *text)
{
	return *text == '/' ? open(text, O_PATH | O_CLOEXEC) : atoi(text);
}

int main(int argc, char **argv)
{
	const char *name = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int barrier = argc > 1 && !strcmp(argv[1], "--barrier");
	int first = 1 + barrier;
	int attached = -1;
	socklen_t bytes;
	int i, ends[2];

	if (!name || strlen(name) >= sizeof(to.sun_path) || fd < 0)
		return fail("NOTIFY_SOCKET");
	memcpy(to.sun_path, name, strlen(name));
	bytes = (socklen_t)(__builtin_offsetof(struct sockaddr_un, sun_path) + strlen(name));
	if (name[0] == '@')
		to.sun_path[0] = 0;
	if (first < argc && !strncmp(argv[first], "--fd=", 5))
		attached = attachment(argv[first++] + 5);
	for (i = first; i < argc; i++)
		if (send_text(fd, &to, bytes, argv[i], attached) < 0)
			return fail("sendmsg");
	if (!barrier)
		return 0;
	if (pipe(ends) < 0 || send_text(fd, &to, bytes, "BARRIER=1", ends[1]) < 0)
		return fail("barrier");
	close(ends[1]);
	struct pollfd hangup = { ends[0], 0, 0 };
	return poll(&hangup, 1, 20000) == 1 ? 0 : fail("poll");
}
