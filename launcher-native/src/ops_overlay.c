/* A root that is an overlay: what is changed goes to another directory, or vanishes. */
#include "root.h"

#include <linux/mount.h>
#include <string.h>
#include <sys/mount.h>

enum { MAX_DIRECTORIES = 64 };

/* The directories of the host that it is made of, open until it has been made. */
struct overlay {
	struct launch *launch;
	int context;
	bool has_upper;
	bool as_text; /* the kernel takes no descriptors (before 6.13), but names of them */
	char lower[256]; /* those names: the most that fsconfig(2) takes */
	struct text lower_end;
	int fds[MAX_DIRECTORIES];
	uint32_t n;
};

static int refuse_directory(struct overlay *overlay, long error, const char *path)
{
	return refuse_named(overlay->launch, SYS_fsconfig, "fsconfig", error, path);
}

/* A name below /proc/self/fd, which is the working directory then. */
static int set_by_name(struct overlay *overlay, const char *key, int fd, const char *path)
{
	char number[16];
	struct text text = { number, sizeof(number) - 1 };
	long r;

	text_add_number(&text, (uint64_t)fd);
	if (strcmp(key, "lowerdir+") == 0) {
		if (overlay->lower_end.left < sizeof(number))
			return refuse_directory(overlay, -E2BIG, path);
		if (overlay->lower[0])
			text_add(&overlay->lower_end, ":");
		text_add(&overlay->lower_end, number);
		return 0;
	}
	r = sys5(SYS_fsconfig, overlay->context, FSCONFIG_SET_STRING, key, number, 0);
	return r < 0 ? refuse_directory(overlay, r, path) : 0;
}

/* Takes the descriptor. */
static int set_directory(struct overlay *overlay, const char *key, int fd, const char *path)
{
	bool first = overlay->n == 0;
	long r;

	if (overlay->n == MAX_DIRECTORIES) {
		(void)sys_close(fd);
		return refuse_directory(overlay, -E2BIG, path);
	}
	overlay->fds[overlay->n++] = fd;
	if (!overlay->as_text) {
		r = sys5(SYS_fsconfig, overlay->context, FSCONFIG_SET_FD, key, 0, fd);
		if (r >= 0)
			return 0;
		if (!first || (r != -EINVAL && r != -EBADF))
			return refuse_directory(overlay, r, path);
		overlay->as_text = true;
		r = sys1(SYS_chdir, "/host/proc/self/fd"); /* until the overlay is made */
		if (r < 0)
			return refuse_named(overlay->launch, SYS_chdir, "chdir", r, "/proc/self/fd");
	}
	return set_by_name(overlay, key, fd, path);
}

/* KEY=PATH of the host. */
static int set_path(struct overlay *overlay, const char *option, size_t key_length)
{
	const char *path = option + key_length + 1;
	int fd = host_open(overlay->launch, path, O_PATH | O_DIRECTORY);
	char key[16];

	if (fd < 0)
		return refuse_named(overlay->launch, SYS_openat2, "open", fd, path);
	memcpy(key, option, key_length);
	key[key_length] = 0;
	return set_directory(overlay, key, fd, path);
}

static bool is_key(const char *option, const char *key, size_t *ret_length)
{
	*ret_length = strlen(key);
	return strncmp(option, key, *ret_length) == 0 && option[*ret_length] == '=';
}

/* size= belongs to the tmpfs. */
static int set_option(struct overlay *overlay, const char *option)
{
	size_t length;
	long r;

	if (is_key(option, "lowerdir+", &length))
		return set_path(overlay, option, length);
	if (is_key(option, "upperdir", &length) || is_key(option, "workdir", &length)) {
		overlay->has_upper = true;
		return set_path(overlay, option, length);
	}
	if (is_key(option, "size", &length))
		return 0;
	r = sys5(SYS_fsconfig, overlay->context, FSCONFIG_SET_FLAG, option, 0, 0);
	return r < 0 ? refuse_directory(overlay, r, option) : 0;
}

static long set_size(int context, struct args options)
{
	uint32_t count = arg_count(&options);
	size_t length;
	long r = 0;

	while (count-- > 0 && r >= 0) {
		const char *option = arg_string(&options);

		if (is_key(option, "size", &length))
			r = sys5(SYS_fsconfig, context, FSCONFIG_SET_STRING, "size",
				 option + length + 1, 0);
	}
	return r;
}

/* A tmpfs, attached in the base for as long as that is there: an overlay takes no detached one. */
static int make_upper(struct overlay *overlay, struct args options)
{
	struct launch *launch = overlay->launch;
	int context = (int)sys2(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC), mount = -1, upper, work;
	long r = context < 0 ? context : set_size(context, options);

	if (r >= 0)
		r = sys5(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, 0, 0, 0);
	if (r >= 0)
		r = mount = (int)sys3(SYS_fsmount, context, FSMOUNT_CLOEXEC, 0);
	if (r >= 0)
		r = sys3(SYS_mkdirat, AT_FDCWD, "/changes", 0700);
	if (r >= 0)
		r = sys5(SYS_move_mount, mount, "", AT_FDCWD, "/changes", MOVE_MOUNT_F_EMPTY_PATH);
	if (r >= 0)
		r = sys3(SYS_mkdirat, mount, "upper", 0755);
	if (r >= 0)
		r = sys3(SYS_mkdirat, mount, "work", 0700);
	if (context >= 0)
		(void)sys_close(context);
	upper = r < 0 ? (int)r : sys_openat(mount, "upper", O_PATH | O_DIRECTORY | O_CLOEXEC);
	work = r < 0 ? (int)r : sys_openat(mount, "work", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (mount >= 0)
		(void)sys_close(mount);
	if (upper < 0 || work < 0)
		return refuse_named(launch, SYS_fsconfig, "mount", upper < 0 ? upper : work,
				    "tmpfs");
	upper = set_directory(overlay, "upperdir", upper, "upper");
	work = set_directory(overlay, "workdir", work, "work");
	return upper < 0 ? upper : work;
}

static int create(struct overlay *overlay, uint64_t attributes)
{
	struct launch *launch = overlay->launch;
	long r = 0;
	int mount;

	if (overlay->lower[0])
		r = sys5(SYS_fsconfig, overlay->context, FSCONFIG_SET_STRING, "lowerdir",
			 overlay->lower, 0);
	if (r >= 0)
		r = sys5(SYS_fsconfig, overlay->context, FSCONFIG_CMD_CREATE, 0, 0, 0);
	if (r < 0)
		return refuse_named(launch, SYS_fsconfig, "mount", r, "overlay");
	mount = (int)sys3(SYS_fsmount, overlay->context, FSMOUNT_CLOEXEC, attributes);
	return mount < 0 ? refuse_named(launch, SYS_fsmount, "fsmount", mount, "overlay") : mount;
}

int root_overlay(struct launch *launch, struct args *options, uint64_t attributes)
{
	struct overlay overlay = { .launch = launch };
	struct args again = *options;
	uint32_t count = arg_count(options), i;
	int r = 0;

	overlay.lower_end = (struct text){ overlay.lower, sizeof(overlay.lower) - 1 };
	overlay.context = (int)sys2(SYS_fsopen, "overlay", FSOPEN_CLOEXEC);
	if (overlay.context < 0)
		return refuse_named(launch, SYS_fsopen, "fsopen", overlay.context, "overlay");
	while (count-- > 0 && r >= 0)
		r = set_option(&overlay, arg_string(options));
	if (r >= 0 && !overlay.has_upper)
		r = make_upper(&overlay, again);
	if (r >= 0)
		r = create(&overlay, attributes);
	for (i = 0; i < overlay.n; i++)
		(void)sys_close(overlay.fds[i]);
	(void)sys_close(overlay.context);
	if (overlay.as_text)
		(void)sys1(SYS_chdir, "/");
	return r;
}
