/* What a test needs around a sandbox: modes of sandbox-probe that try nothing. */
#include "probe.h"

#include <linux/capability.h>
#include <linux/xattr.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

/* capable PATH: gives the file CAP_NET_RAW, permitted and effective, as setcap(8) would. */
static int make_capable(const char *path)
{
	struct vfs_cap_data data = {
		.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
		.data = { { .permitted = 1U << CAP_NET_RAW } },
	};

	if (setxattr(path, XATTR_NAME_CAPS, &data, XATTR_CAPS_SZ_2, 0) == 0)
		return 0;
	perror(path);
	return 1;
}

/* listen NAME: holds an abstract socket, and says so. */
static int listen_abstract(const char *name)
{
	struct sockaddr_un own = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)strncpy(own.sun_path + 1, name, sizeof(own.sun_path) - 2);
	if (bind(fd, (struct sockaddr *)&own,
		 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name))) < 0 ||
	    listen(fd, SOMAXCONN) < 0) {
		perror(name);
		return 1;
	}
	(void)printf("listening\n");
	(void)fflush(stdout);
	for (;;)
		(void)pause();
}

/* who: prints who this process is. */
static int tell_who(void)
{
	char text[128];

	who_am_i(text, sizeof(text));
	(void)printf("%s", text);
	return fflush(stdout) < 0;
}

int be_outside(char **arguments)
{
	if (arguments[0] && strcmp(arguments[0], "who") == 0)
		return tell_who();
	if (!arguments[0] || !arguments[1])
		return NOT_OUTSIDE;
	if (strcmp(arguments[0], "capable") == 0)
		return make_capable(arguments[1]);
	if (strcmp(arguments[0], "listen") == 0)
		return listen_abstract(arguments[1]);
	return NOT_OUTSIDE;
}
