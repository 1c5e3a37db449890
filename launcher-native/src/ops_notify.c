/* What only the launch itself can know: variables of its own pid, the socket for sd_notify(3). */
#include "ops.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#ifndef SO_PASSPIDFD
#define SO_PASSPIDFD 76 /* Linux 6.5 */
#endif

/* The next of launch->variables, begun with NAME=; false when there is no room. */
static bool begin_variable(struct launch *launch, const char *name, struct text *ret)
{
	char *at;

	if (launch->n_variables == OWN_VARIABLES)
		return false;
	at = launch->variables[launch->n_variables++];
	*ret = (struct text){ at, OWN_VARIABLE_BYTES - 1 };
	text_add(ret, name);
	text_add(ret, "=");
	return true;
}

int op_OWN_PID(struct launch *launch, struct args *args)
{
	uint32_t count = arg_count(args);
	struct text text;

	while (count-- > 0) {
		const char *name = arg_string(args);

		if (!begin_variable(launch, name, &text))
			return refuse_named(launch, -1, "variables", -E2BIG, name);
		text_add_number(&text, (uint64_t)sys_getpid());
	}
	return 0;
}

/* Bound to a name that the kernel picks, in the network namespace and Landlock domain of now. */
static int open_socket(struct launch *launch, struct sockaddr_un *ret_address)
{
	int fd = (int)sys3(SYS_socket, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	socklen_t bytes = sizeof(*ret_address);
	const int on = 1;
	long r;

	if (fd < 0)
		return refuse_named(launch, SYS_socket, "socket", fd, "AF_UNIX");
	r = sys5(SYS_setsockopt, fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on));
	if (r < 0)
		return refuse_named(launch, SYS_setsockopt, "setsockopt", r, "SO_PASSCRED");
	/* what is not there is not needed: then a pid alone tells who has sent something */
	(void)sys5(SYS_setsockopt, fd, SOL_SOCKET, SO_PASSPIDFD, &on, sizeof(on));
	*ret_address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	r = sys3(SYS_bind, fd, ret_address, sizeof(sa_family_t));
	if (r < 0)
		return refuse_named(launch, SYS_bind, "bind", r, "notification socket");
	r = sys3(SYS_getsockname, fd, ret_address, &bytes);
	if (r < 0)
		return refuse_named(launch, SYS_getsockname, "getsockname", r, "notification socket");
	ret_address->sun_path[bytes - offsetof(struct sockaddr_un, sun_path)] = 0;
	return fd;
}

static long send_socket(int channel, int fd)
{
	char kind = NOTIFY_CHANNEL_KIND;
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec part = { &kind, 1 };
	struct msghdr packet = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control,
				 .msg_controllen = sizeof(control) };

	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.header), &fd, sizeof(int));
	return sys3(SYS_sendmsg, channel, &packet, MSG_NOSIGNAL | MSG_DONTWAIT);
}

int op_NOTIFY_SOCKET(struct launch *launch, struct args *args)
{
	int channel = (int)arg_u64(args), fd;
	struct sockaddr_un address;
	struct text text;
	long r;

	if (!begin_variable(launch, "NOTIFY_SOCKET", &text))
		return refuse_named(launch, -1, "variables", -E2BIG, "NOTIFY_SOCKET");
	fd = open_socket(launch, &address);
	if (fd < 0)
		return fd;
	r = send_socket(channel, fd);
	(void)sys_close(fd);
	(void)sys_close(channel);
	if (r < 0)
		return refuse_named(launch, SYS_sendmsg, "sendmsg", r, "notification socket");
	text_add(&text, "@");
	text_add(&text, address.sun_path + 1);
	return 0;
}

void own_variables(const struct launch *launch, const char **envp)
{
	uint32_t i;

	for (; *envp; envp++) {
		for (i = 0; i < launch->n_variables; i++) {
			const char *own = launch->variables[i];
			size_t name = (size_t)(strchr(own, '=') - own) + 1;

			if (strncmp(*envp, own, name) == 0)
				*envp = own;
		}
	}
}
