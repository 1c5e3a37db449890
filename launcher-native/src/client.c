/*
 * The thin client: the arguments go to the supervisor as they are, what comes back is printed.
 * README.md section 4.
 */
#include "commands.h"

#include "launch.h"
#include "page.h"
#include "paths.h"
#include "proto.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77 /* Linux 6.5 */
#endif

enum {
	RECONNECT_TRIES = 200, /* times RECONNECT_PAUSE_MS = 10 s: a JVM is back within one */
	RECONNECT_PAUSE_MS = 50,
	END_TRIES = 1000, /* times END_PAUSE_MS = 5 s; the keeper waits 1 s for its JVM */
	END_PAUSE_MS = 5,
	LOST = -1, /* the stream ended before the exit code */
	GARBLED = -2, /* a frame of no known kind */
	PAGE = -3, /* go on by itself */
};

/*
 * The value of -f FILE, --file FILE or --file=FILE before "--", or NULL. For logs and events -f
 * means follow.
 */
static const char *file_option(int argc, char **argv)
{
	bool has_short = strcmp(argv[0], "logs") && strcmp(argv[0], "events");

	for (int i = 1; i < argc && strcmp(argv[i], "--"); i++) {
		if ((has_short && !strcmp(argv[i], "-f")) || !strcmp(argv[i], "--file"))
			return i + 1 < argc ? argv[i + 1] : NULL;
		if (!strncmp(argv[i], "--file=", 7))
			return argv[i] + 7;
	}
	return NULL;
}

/* The request, into buf of FRAME_REQUEST_MAX. Its size, or -E2BIG. */
static ssize_t encode(int argc, char **argv, char *buf)
{
	struct frame_request request = { .magic = { 'O', 'S', 'T', 'C' }, .argc = (uint32_t)argc };
	size_t size = sizeof(request);
	struct winsize window;

	for (int i = 0; i < argc; i++) {
		size_t bytes = strlen(argv[i]) + 1;

		if (bytes > FRAME_REQUEST_MAX - size)
			return -E2BIG;
		memcpy(buf + size, argv[i], bytes);
		size += bytes;
	}
	if (ioctl(1, TIOCGWINSZ, &window) == 0) {
		request.flags = FRAME_TERMINAL;
		request.columns = window.ws_col;
	}
	request.length = (uint32_t)size;
	memcpy(buf, &request, sizeof(request));
	return (ssize_t)size;
}

/* All of it. A closed pipe kills us by SIGPIPE, as it should. */
static void print(int fd, const char *bytes, size_t size)
{
	while (size) {
		ssize_t n = write(fd, bytes, size);

		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return; /* a full disk under stdout: the command itself goes on */
		if (n > 0) {
			bytes += n;
			size -= (size_t)n;
		}
	}
}

struct replies {
	struct frame_reply frame;
	size_t frame_bytes; /* of the header so far */
	uint32_t left; /* of the payload */
	char exit_code[sizeof(int32_t)];
	size_t exit_bytes;
	char *page; /* payload of FRAME_PAGE */
	size_t page_bytes;
	int page_fd; /* -1 until it has come */
};

/* More of the payload of FRAME_PAGE. */
static bool keep_page(struct replies *replies, const char *bytes, size_t size)
{
	if (!replies->page && replies->frame.length <= FRAME_PAGE_MAX)
		replies->page = malloc(replies->frame.length);
	if (!replies->page || size > replies->frame.length - replies->page_bytes)
		return false;
	memcpy(replies->page + replies->page_bytes, bytes, size);
	replies->page_bytes += size;
	return true;
}

/* Take bytes of the stream. The exit code, or PAGE, when it is complete, else LOST or GARBLED. */
static int feed(struct replies *replies, const char *bytes, size_t size)
{
	while (size) {
		size_t n = sizeof(replies->frame) - replies->frame_bytes;

		if (n) {
			n = n < size ? n : size;
			memcpy((char *)&replies->frame + replies->frame_bytes, bytes, n);
			replies->frame_bytes += n;
			replies->left = replies->frame.length;
		} else {
			n = replies->left < size ? replies->left : size;
			if (replies->frame.kind == FRAME_STDOUT ||
			    replies->frame.kind == FRAME_STDERR)
				print(replies->frame.kind, bytes, n);
			else if (replies->frame.kind == FRAME_PAGE &&
				 !keep_page(replies, bytes, n))
				return GARBLED;
			for (size_t i = 0; replies->frame.kind == FRAME_EXIT && i < n; i++)
				if (replies->exit_bytes < sizeof(replies->exit_code))
					replies->exit_code[replies->exit_bytes++] = bytes[i];
			replies->left -= (uint32_t)n;
		}
		bytes += n;
		size -= n;
		if (replies->frame_bytes == sizeof(replies->frame) &&
		    (replies->frame.kind < FRAME_STDOUT || replies->frame.kind > FRAME_PAGE))
			return GARBLED;
		if (replies->frame_bytes == sizeof(replies->frame) && !replies->left) {
			replies->frame_bytes = 0;
			if (replies->frame.kind == FRAME_PAGE)
				return PAGE;
		}
		if (replies->exit_bytes == sizeof(replies->exit_code)) {
			int32_t code;

			memcpy(&code, replies->exit_code, sizeof(code));
			return code & 255;
		}
	}
	return LOST;
}

/* As read(2); a descriptor that comes along is kept. */
static ssize_t receive(int fd, char *buf, size_t size, struct replies *replies)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec part = { buf, size };
	struct msghdr message = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
	struct cmsghdr *header = n > 0 ? CMSG_FIRSTHDR(&message) : NULL;

	if (header && header->cmsg_type == SCM_RIGHTS && replies->page_fd < 0 &&
	    header->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(&replies->page_fd, CMSG_DATA(header), sizeof(int));
	return n;
}

/* The keeper, who made the other end of the socket; -1 when it is not seen from here. */
static int keeper_of(int fd)
{
	struct ucred peer = { 0 };
	socklen_t size = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 || peer.pid <= 0)
		return -1;
	return (int)syscall(SYS_pidfd_open, peer.pid, 0);
}

/*
 * What was asked for is on the page: the supervisor is not needed any more. The exit code, or
 * GARBLED.
 */
static int go_on(int fd, const struct replies *replies)
{
	int keeper = keeper_of(fd);
	int code;

	(void)shutdown(fd, SHUT_RDWR); /* it has nothing more to say */
	code = replies->page_fd < 0 ? GARBLED
				    : page_wait(replies->page_fd, replies->page,
						replies->page_bytes, keeper);
	return code < 0 ? GARBLED : code;
}

/* Ask and print. The exit code, or LOST or GARBLED. */
static int converse(int fd, const char *request, size_t size)
{
	struct replies replies = { .page_fd = -1 };
	char buf[FRAME_REQUEST_MAX];
	int code = LOST;

	while (size) {
		ssize_t n = send(fd, request, size, MSG_NOSIGNAL);

		if (n < 0 && errno != EINTR)
			return LOST;
		if (n > 0) {
			request += n;
			size -= (size_t)n;
		}
	}
	while (code == LOST) {
		ssize_t n = receive(fd, buf, sizeof(buf), &replies);

		if (n == 0 || (n < 0 && errno != EINTR))
			return LOST;
		if (n > 0)
			code = feed(&replies, buf, (size_t)n);
	}
	return code == PAGE ? go_on(fd, &replies) : code;
}

/* What connecting says where no supervisor runs. */
static bool is_absent(int error)
{
	return error == -ENOENT || error == -ECONNREFUSED;
}

/* The socket of a supervisor that is being started again. */
static int reconnect(const struct project *project)
{
	const struct timespec pause = { .tv_nsec = RECONNECT_PAUSE_MS * 1000000L };
	int fd = -ECONNREFUSED;

	for (int i = 0; i < RECONNECT_TRIES; i++) {
		(void)nanosleep(&pause, NULL); /* shorter is fine */
		fd = runtime_connect(project);
		if (!is_absent(fd))
			break;
	}
	return fd;
}

/*
 * The process that listens; returns how much of the time is left. Without a pidfd of it, as before
 * Linux 6.5, at once.
 */
static int await_exit_of_peer(int fd)
{
	int left = END_TRIES;
	int pidfd = -1;
	socklen_t size = sizeof(pidfd);
	struct pollfd exit = { .events = POLLIN };

	if (getsockopt(fd, SOL_SOCKET, SO_PEERPIDFD, &pidfd, &size) < 0)
		return left;
	exit.fd = pidfd;
	if (poll(&exit, 1, END_TRIES * END_PAUSE_MS) == 0)
		left = 1;
	(void)close(pidfd);
	return left;
}

/* `up` right after `down` must find the project free: the socket refuses once it is. */
static void await_end(const struct project *project, int asked)
{
	const struct timespec pause = { .tv_nsec = END_PAUSE_MS * 1000000L };

	for (int left = await_exit_of_peer(asked); left > 0; left--) {
		int fd = runtime_connect(project);

		if (fd < 0)
			return;
		(void)close(fd);
		(void)nanosleep(&pause, NULL); /* shorter is fine */
	}
}

static int no_supervisor(const char *command, const struct project *project, int error)
{
	bool down = !strcmp(command, "down");

	if (!is_absent(error)) {
		(void)dprintf(2, "cannot reach the supervisor of \"%s\": connect: %s (%s)\n",
			      project->directory, errno_name(-error), strerror(-error));
		return EXIT_FAILED;
	}
	(void)dprintf(down ? 1 : 2, "no supervisor is running for \"%s\"\n", project->directory);
	return down ? EXIT_OK : EXIT_FAILED;
}

int role_client(int argc, char **argv, char **envp)
{
	const char *file = file_option(argc, argv);
	bool is_down = !strcmp(argv[0], "down");
	char request[FRAME_REQUEST_MAX];
	ssize_t size = encode(argc, argv, request);
	struct project project;
	int error = project_find(file, &project);
	int fd, code;

	if (error)
		return cannot("open", file ? file : "ostler.yaml", -error);
	if (size < 0)
		return cannot("run", argv[0], -(int)size);
	fd = runtime_connect(&project);
	if (is_absent(fd) && !strcmp(argv[0], "logs"))
		return role_java(argc, argv, envp); /* the files are there still */
	if (fd < 0)
		return no_supervisor(argv[0], &project, fd);
	while ((code = converse(fd, request, (size_t)size)) == LOST) {
		(void)close(fd);
		if (!strcmp(argv[0], "restart") || !strcmp(argv[0], "signal") ||
		    !strcmp(argv[0], "logs") || !strcmp(argv[0], "events")) {
			/*
			 * It may have been done already: once more would restart or signal twice,
			 * or print the same lines again.
			 */
			(void)dprintf(2, "the supervisor was lost in the middle: see ostler status\n");
			return EXIT_FAILED;
		}
		/* A supervisor that has gone down needs no second asking. */
		fd = is_down ? runtime_connect(&project) : reconnect(&project);
		if (fd < 0)
			return is_down ? EXIT_OK : no_supervisor(argv[0], &project, fd);
	}
	if (is_down && code == EXIT_OK)
		await_end(&project, fd);
	if (code == GARBLED) {
		(void)dprintf(2,
			      "cannot understand the supervisor of \"%s\": another version?\n",
			      project.directory);
		return EXIT_FAILED;
	}
	return code;
}
