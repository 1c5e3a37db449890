/* P5, P6, P7, P11, P12, C7: files of others, and the tree of mounts. */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef STATX_MNT_ID
#define STATX_MNT_ID 0x1000U
#endif

/* Which mount a path is on, and which file of it. */
struct place {
	unsigned long long mount, inode;
};

static long look(const char *path, struct place *ret_place)
{
	struct statx status;

	if (statx(AT_FDCWD, path, 0, STATX_INO | STATX_MNT_ID, &status) < 0)
		return -1;
	ret_place->mount = status.stx_mnt_id;
	ret_place->inode = status.stx_ino;
	return 0;
}

static int is_same(const struct place *a, const struct place *b)
{
	return a->mount == b->mount && a->inode == b->inode;
}

static long of_process(const char *pid, const char *what, int flags)
{
	char path[64];
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%s/%s", pid, what);
	fd = open(path, flags);
	return fd < 0 ? -1 : 0;
}

static long init_root(void)
{
	struct place own, of_init;

	if (look("/", &own) < 0 || look("/proc/1/root/", &of_init) < 0)
		return -1;
	return is_same(&own, &of_init) ? say("its own root") : say("another root");
}

static long outside_root(void) { return of_process(given("outside"), "root", O_RDONLY); }
static long outside_fd(void) { return of_process(given("outside"), "fd", O_RDONLY); }
static long outside_environ(void) { return of_process(given("outside"), "environ", O_RDONLY); }
static long outside_exe(void) { return of_process(given("outside"), "exe", O_RDONLY); }
static long host_file(void) { return open(given("secret"), O_RDONLY); }
static long write_init_exe(void) { return of_process("1", "exe", O_WRONLY); }
static long write_outside_exe(void) { return of_process(given("outside"), "exe", O_WRONLY); }

/* The classical way out of a chroot, by a directory that stays outside of it. */
static long chroot_escape(void)
{
	struct place before, after;
	char jail[] = "/tmp/jailXXXXXX";

	if (look("/", &before) < 0 || !mkdtemp(jail))
		return -1;
	if (chroot(jail) < 0) {
		(void)rmdir(jail);
		return -1;
	}
	for (int i = 0; i < 64; i++)
		(void)!chdir("..");
	(void)rmdir(jail + strlen("/tmp/")); /* where it got to the root, or not at all */
	if (chroot(".") < 0 || look("/", &after) < 0)
		return -1;
	return is_same(&before, &after) ? say("its own root") : say("another root");
}

/* Where changes are allowed they are made to a copy of the tree, so that the next probe finds it as it was. */
static void keep_the_tree(void)
{
	if (unshare(CLONE_NEWNS) == 0)
		(void)mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

static long mount_tmpfs(void)
{
	keep_the_tree();
	return mount("none", "/tmp", "tmpfs", 0, NULL);
}

static long umount_proc(void)
{
	keep_the_tree();
	return umount2("/proc", MNT_DETACH);
}

static long do_move_mount(void)
{
	keep_the_tree();
	return syscall(SYS_move_mount, AT_FDCWD, "/proc", AT_FDCWD, "/tmp", 0);
}

static long pivot(void)
{
	keep_the_tree();
	return syscall(SYS_pivot_root, "/proc", "/proc");
}

static long do_fsopen(void) { return syscall(SYS_fsopen, "tmpfs", 0); }
static long open_tree_clone(void) { return syscall(SYS_open_tree, AT_FDCWD, "/", OPEN_TREE_CLONE | AT_RECURSIVE); }

static long clear_read_only(const char *path)
{
	struct mount_attr clear = { .attr_clr = MOUNT_ATTR_RDONLY };

	keep_the_tree();
	return syscall(SYS_mount_setattr, AT_FDCWD, path, 0, &clear, sizeof(clear));
}

static long remount(const char *path)
{
	keep_the_tree();
	return mount(NULL, path, NULL, MS_REMOUNT | MS_BIND, NULL);
}

static long clear_bind(void) { return clear_read_only(given("readonly")); }
static long clear_nested(void) { return clear_read_only(given("nested")); }
static long remount_bind(void) { return remount(given("readonly")); }
static long remount_nested(void) { return remount(given("nested")); }

static long write_below(const char *directory)
{
	char path[512];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/written", directory);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	if (fd >= 0)
		(void)unlink(path);
	return fd < 0 ? -1 : 0;
}

static long write_bind(void) { return write_below(given("readonly")); }
static long write_nested(void) { return write_below(given("nested")); }

/* Below /sys/fs/cgroup: making a group is writing. */
static long cgroup_write(void)
{
	static const char *const roots[] = { "/sys/fs/cgroup/probe", "/sys/fs/cgroup/unified/probe",
					     "/sys/fs/cgroup/pids/probe" };
	int first = 0;

	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		if (mkdir(roots[i], 0755) == 0)
			return rmdir(roots[i]);
		first = first ? first : errno;
	}
	errno = first;
	return -1;
}

const struct probe mount_probes[] = {
	{ "P5.root_of_init", init_root, NULL },
	{ "P5.root_of_outside", outside_root, "outside" },
	{ "P5.descriptors_of_outside", outside_fd, "outside" },
	{ "P5.environment_of_outside", outside_environ, "outside" },
	{ "P5.program_of_outside", outside_exe, "outside" },
	{ "P5.file_of_host", host_file, "secret" },
	{ "P6.write_program_of_init", write_init_exe, NULL },
	{ "P6.write_program_of_outside", write_outside_exe, "outside" },
	{ "P7.chroot_escape", chroot_escape, NULL },
	{ "P11.mount_tmpfs", mount_tmpfs, NULL },
	{ "P11.umount", umount_proc, NULL },
	{ "P11.fsopen", do_fsopen, NULL },
	{ "P11.open_tree_clone", open_tree_clone, NULL },
	{ "P11.move_mount", do_move_mount, NULL },
	{ "P11.pivot_root", pivot, NULL },
	{ "P11.clear_read_only", clear_bind, "readonly" },
	{ "P11.clear_nested_read_only", clear_nested, "nested" },
	{ "P11.remount", remount_bind, "readonly" },
	{ "P11.remount_nested", remount_nested, "nested" },
	{ "P12.write_read_only", write_bind, "readonly" },
	{ "P12.write_nested", write_nested, "nested" },
	{ "C19.make_cgroup", cgroup_write, NULL },
	{ NULL, NULL, NULL },
};
