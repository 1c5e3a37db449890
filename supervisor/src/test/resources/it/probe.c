/* Tries what a sandbox must not allow, from inside; one line an attempt: NAME: what came of it. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

static void told(const char *name, long result)
{
	printf("%s: %s\n", name, result < 0 ? strerrorname_np(errno) : "done");
}

/* mounts: every way to change the tree */
static void mounts(void)
{
	struct mount_attr clear = { .attr_clr = MOUNT_ATTR_RDONLY };

	told("mount tmpfs", mount("none", "/tmp", "tmpfs", 0, NULL));
	told("mount bind", mount("/usr", "/tmp", NULL, MS_BIND, NULL));
	told("remount root", mount(NULL, "/", NULL, MS_REMOUNT, NULL));
	told("remount bind", mount(NULL, "/usr", NULL, MS_REMOUNT | MS_BIND, NULL));
	told("remount nested", mount(NULL, "/host/dev/shm", NULL, MS_REMOUNT | MS_BIND, NULL));
	told("propagation", mount(NULL, "/", NULL, MS_SHARED, NULL));
	told("umount", umount2("/usr", MNT_DETACH));
	told("fsopen", syscall(SYS_fsopen, "tmpfs", 0));
	told("open_tree", syscall(SYS_open_tree, AT_FDCWD, "/usr", OPEN_TREE_CLONE));
	told("move_mount", syscall(SYS_move_mount, AT_FDCWD, "/usr", AT_FDCWD, "/tmp", 0));
	told("mount_setattr root", syscall(SYS_mount_setattr, AT_FDCWD, "/", AT_RECURSIVE, &clear, sizeof(clear)));
	told("mount_setattr nested",
	     syscall(SYS_mount_setattr, AT_FDCWD, "/host/dev/shm", 0, &clear, sizeof(clear)));
	told("pivot_root", syscall(SYS_pivot_root, "/tmp", "/tmp"));
	told("chroot", chroot("/tmp"));
	told("mknod", mknod("/tmp/disk", S_IFBLK | 0600, makedev(254, 0)));
	told("unshare mount", unshare(CLONE_NEWNS));
	told("setns", setns(open("/proc/self/ns/mnt", O_RDONLY), 0));
	told("sethostname", sethostname("x", 1));
}

/* escape: the classical way out of a chroot, with the right to chroot */
static void escape(const char *host_file)
{
	struct stat before, after;
	int i;

	(void)stat("/", &before);
	told("mkdir", mkdir("/tmp/jail", 0700));
	told("chroot", chroot("/tmp/jail"));
	for (i = 0; i < 64; i++)
		(void)chdir("..");
	told("chroot back", chroot("."));
	(void)stat("/", &after);
	printf("root: %s\n", before.st_dev == after.st_dev && before.st_ino == after.st_ino ? "same" : "another");
	told("host file", access(host_file, F_OK));
}

/* fds: all that were inherited beside 0, 1 and 2 */
static void fds(void)
{
	int fd, n = 0;

	for (fd = 3; fd < 4096; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	printf("inherited: %d\n", n);
	told("fchdir 0", fchdir(0));
}

/* open FILE...: reading and writing */
static void open_all(char **paths)
{
	for (; *paths; paths++) {
		printf("%s: r %s", *paths, open(*paths, O_RDONLY) < 0 ? strerrorname_np(errno) : "done");
		printf(" w %s\n", open(*paths, O_WRONLY) < 0 ? strerrorname_np(errno) : "done");
	}
}

static void ids(void)
{
	printf("uid: %d %d gid: %d %d\n", getuid(), geteuid(), getgid(), getegid());
	told("setuid 0", setuid(0));
	told("setgroups", setgroups(0, NULL));
}

static long long seconds(clockid_t clock)
{
	struct timespec now;

	(void)clock_gettime(clock, &now);
	return now.tv_sec;
}

static long connect_to(int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	return connect(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&to, sizeof(to));
}

/* network PORT: a connection to oneself, and one to the port of the host */
static void network(int port)
{
	struct sockaddr_in own = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(own);
	int server = socket(AF_INET, SOCK_STREAM, 0);

	told("bind", bind(server, (struct sockaddr *)&own, sizeof(own)));
	(void)listen(server, 1);
	(void)getsockname(server, (struct sockaddr *)&own, &size);
	told("own port", connect_to(ntohs(own.sin_port)));
	told("host port", connect_to(port));
}

/* exchange A B: the two names change places, until killed */
static void exchange(const char *a, const char *b)
{
	for (;;)
		if (renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE) < 0)
			exit(1);
}

static long clone_user(bool three)
{
	struct clone_args args = { .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD };
	long pid = three ? syscall(SYS_clone3, &args, sizeof(args))
			 : syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		_exit(0);
	return pid;
}

/* nested: a user namespace in the one that we are in */
static void nested(void)
{
	told("clone", clone_user(false));
	told("clone3", clone_user(true));
	told("setns", setns(open("/proc/self/ns/user", O_RDONLY), CLONE_NEWUSER));
	told("unshare", unshare(CLONE_NEWUSER));
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (strcmp(what, "mounts") == 0)
		mounts();
	else if (strcmp(what, "escape") == 0)
		escape(argv[2]);
	else if (strcmp(what, "fds") == 0)
		fds();
	else if (strcmp(what, "open") == 0)
		open_all(argv + 2);
	else if (strcmp(what, "ids") == 0)
		ids();
	else if (strcmp(what, "clocks") == 0)
		printf("%lld %lld\n", seconds(CLOCK_MONOTONIC), seconds(CLOCK_BOOTTIME));
	else if (strcmp(what, "network") == 0)
		network(atoi(argv[2]));
	else if (strcmp(what, "nested") == 0)
		nested();
	else if (strcmp(what, "exchange") == 0)
		exchange(argv[2], argv[3]);
	else
		return 2;
	return 0;
}
