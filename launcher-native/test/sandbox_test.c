/* Namespaces, the tree of mounts, and the init of a pid namespace. */
#include "check.h"
#include "run.h"

#include "../src/mounts.h"

#include <linux/filter.h>
#include <linux/mount.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define REST "\ninside\ninside\n1\nRead-only\nrw\n/proc/1\n"

enum { SANDBOX = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET };

static void build_filesystem(struct build *build, const char *type, const char *target, uint64_t attributes,
			     const char *const *options)
{
	build_op(build, OP_FILESYSTEM, NULL);
	build_string(build, type);
	build_string(build, target);
	build_strings(build, options);
	build_number(build, attributes);
}

static void build_root(struct build *build, uint64_t kind, const char *source, uint64_t attributes)
{
	const char *const none[] = { NULL };

	build_op(build, OP_ROOT, "test.yaml:4:1 (root)");
	build_number(build, kind);
	build_string(build, source);
	build_strings(build, none);
	build_number(build, attributes);
}

static void build_bind(struct build *build, const char *source, const char *target, uint64_t flags)
{
	build_op(build, OP_BIND, "test.yaml:5:1 (bind)");
	build_string(build, source);
	build_string(build, target);
	build_number(build, flags);
	build_string(build, "");
	build_string(build, "");
}

static void build_two(struct build *build, enum op_code code, const char *a, const char *b)
{
	build_op(build, code, NULL);
	build_string(build, a);
	build_string(build, b);
}

/* What a program of the host needs, read-only. */
static void build_programs(struct build *build)
{
	static const char *const paths[] = { "/usr", "/bin", "/lib", "/lib64" };
	size_t i;

	for (i = 0; i < 4; i++)
		build_bind(build, paths[i], paths[i], MOUNT_ATTR_RDONLY | BIND_RECURSIVE | BIND_OPTIONAL);
}

static void start_sandbox(struct build *build, uint64_t flags)
{
	build_start(build, PLAN_COPY | PLAN_STAY, 1);
	build_namespaces(build, flags | CLONE_NEWUSER);
	build_op(build, OP_SIGNALS, NULL);
	build_stdio(build);
}

static void check_output(const struct outcome *outcome, const char *expected)
{
	if (outcome->report.outcome == LAUNCH_REFUSED)
		refusal_print(NULL, &outcome->report.refusal);
	CHECK_INT(outcome->report.outcome, LAUNCH_RUNNING);
	CHECK_TEXT(outcome->output, expected);
}

static const char *a_root_of_its_own_holds_only_what_was_asked_for(void)
{
	const char *const tmpfs[] = { "mode=1777", "size=1m", NULL };
	const char *const none[] = { NULL };
	struct build build;
	struct outcome outcome;

	start_sandbox(&build, SANDBOX);
	build_root(&build, ROOT_NEW, "tmpfs", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
	build_programs(&build);
	build_filesystem(&build, "tmpfs", "/tmp", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, tmpfs);
	build_filesystem(&build, "proc", "/proc", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC,
			 none);
	build_op(&build, OP_FILE, NULL);
	build_string(&build, "/etc/hostname");
	build_number(&build, 0444);
	build_string(&build, "inside\n");
	build_two(&build, OP_SYMLINK, "/etc/hostname", "/etc/link");
	build_two(&build, OP_HOSTNAME, "inside", "example");
	build_op(&build, OP_READ_ONLY, NULL);
	build_string(&build, "/");
	build_number(&build, 0);
	build_op(&build, OP_PIVOT, NULL);
	build_op(&build, OP_LOOPBACK, NULL);
	build_script(&build, "cd /; echo *; cat /etc/link; uname -n; echo $$;"
			     " { echo x > /etc/x; } 2>&1 | grep -o Read-only; echo x > /tmp/x && echo rw;"
			     " echo /proc/[0-9]*; grep -c . /proc/self/mountinfo");

	run_plan(&build, &outcome);

	check_output(&outcome, access("/lib64", F_OK) == 0
				       ? "bin etc lib lib64 proc tmp usr" REST "7\n"
				       : "bin etc lib proc tmp usr" REST "6\n");
	return NULL;
}

static const char *the_init_of_a_pid_namespace_reaps_and_tells_the_end(void)
{
	const char *const none[] = { NULL };
	struct build build;
	struct outcome outcome;

	start_sandbox(&build, SANDBOX);
	build_root(&build, ROOT_COPY, "/", 0);
	build_filesystem(&build, "proc", "/proc", 0, none);
	build_op(&build, OP_PIVOT, NULL);
	build_op(&build, OP_INIT, NULL);
	build_op(&build, OP_DEATH_SIGNAL, NULL);
	build_number(&build, SIGKILL);
	build_script(&build, "echo $$ $(cat /proc/1/comm) $(grep -h CapEff /proc/1/status); exit 5");

	run_plan(&build, &outcome);

	/* CAP_KILL, to pass signals on to a program of another user */
	check_output(&outcome, "2 ostler-init CapEff: 0000000000000020\n");
	return NULL;
}

static const char *links_in_an_image_never_lead_out(void)
{
	const char *file = temp_file("victim", "untouched", 9, 0644);
	char host[256], image[] = "/tmp/ostler-test-image-XXXXXX", path[512];
	struct build build;
	struct outcome outcome;
	struct stat status;

	snprintf(host, sizeof(host), "%s", file);
	*strrchr(host, '/') = 0; /* the directory outside */
	CHECK(mkdtemp(image) != NULL);
	snprintf(path, sizeof(path), "%s/out", image);
	CHECK_INT(symlink(host, path), 0);
	start_sandbox(&build, SANDBOX);
	build_root(&build, ROOT_COPY, image, 0);
	build_programs(&build);
	build_op(&build, OP_MKDIR, NULL);
	build_string(&build, "/out/made");
	build_number(&build, 0755);
	build_op(&build, OP_PIVOT, NULL);
	build_script(&build, "echo started");

	run_plan(&build, &outcome);

	/* the link leads nowhere inside of the image: nothing is made through it */
	CHECK_INT(outcome.report.outcome, LAUNCH_REFUSED);
	CHECK_TEXT(outcome.report.refusal.call, "mkdir");
	snprintf(path, sizeof(path), "%s/made", host);
	CHECK_INT(lstat(path, &status), -1);
	snprintf(path, sizeof(path), "rm -r %s", image);
	CHECK_INT(system(path), 0);
	return NULL;
}

static const char *masks_and_read_only_paths(void)
{
	struct build build;
	struct outcome outcome;

	start_sandbox(&build, CLONE_NEWNS);
	build_root(&build, ROOT_COPY, "/", 0);
	build_op(&build, OP_MASK, NULL);
	build_string(&build, "/etc/passwd");
	build_op(&build, OP_MASK, NULL);
	build_string(&build, "/var");
	build_op(&build, OP_MASK, NULL);
	build_string(&build, "/nothing/here");
	build_op(&build, OP_READ_ONLY, NULL);
	build_string(&build, "/usr");
	build_number(&build, 1);
	build_op(&build, OP_PIVOT, NULL);
	build_op(&build, OP_VERIFY_MOUNTS, NULL);
	build_script(&build, "wc -c < /etc/passwd; echo /var/*; touch /usr/x 2>/dev/null || echo ro");

	run_plan(&build, &outcome);

	check_output(&outcome, "0\n/var/*\nro\n");
	return NULL;
}

/* As before Linux 6.8, or in a container that filters: listmount(2) does not exist. */
static void without_listmount(void)
{
	struct sock_filter program[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 458, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { sizeof(program) / sizeof(program[0]), program };

	CHECK_INT(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	CHECK_INT(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter), 0);
}

/*
 * Without PIVOT everything of the host is still there, without a root of our own nothing is what
 * the launch has made; and so says a kernel without listmount(2).
 */
static void verify_what_was_not_made(bool listed)
{
	struct build build;
	struct outcome outcome;
	int i;

	for (i = 0; i < 2; i++) {
		start_sandbox(&build, CLONE_NEWNS);
		if (i == 1)
			build_root(&build, ROOT_COPY, "/", 0);
		build_op(&build, OP_VERIFY_MOUNTS, "test.yaml:9:1 (mounts)");
		build_script(&build, "true");
		run_plan(&build, &outcome);
		CHECK_INT(outcome.report.outcome, LAUNCH_REFUSED);
		if (!listed)
			continue; /* no procfs was kept for it: refused for that */
		CHECK_TEXT(outcome.report.refusal.call, "unexpected mount");
		CHECK_TEXT(outcome.report.refusal.object, i == 0 ? "/" : "/host");
		CHECK_INT(outcome.report.refusal.call_nr, -1);
	}
	start_sandbox(&build, CLONE_NEWNS);
	build_root(&build, ROOT_COPY, "/", MOUNT_ATTR_NODEV);
	build_bind(&build, "/usr", "/usr", MOUNT_ATTR_RDONLY | BIND_RECURSIVE);
	build_op(&build, OP_PIVOT, NULL);
	build_op(&build, OP_VERIFY_MOUNTS, "test.yaml:9:1 (mounts)");
	build_script(&build, "echo verified");
	run_plan(&build, &outcome);
	check_output(&outcome, "verified\n");
}

static const char *what_was_not_made_is_not_expected(void)
{
	struct mount_list list;
	struct seen_mount seen;
	int status = 0;
	bool listed;
	pid_t child;

	listed = mount_list_works();
	verify_what_was_not_made(listed);
	child = fork();
	if (child == 0) {
		without_listmount();
		CHECK(!mount_list_works());
		verify_what_was_not_made(false);
		_exit(0);
	}
	CHECK_INT(waitpid(child, &status, 0), child);
	CHECK_INT(status, 0);
	mount_list_start(&list, -1);
	return mount_list_next(&list, &seen) == 1 ? NULL : "listmount(2), Linux 6.8";
}

/* Both ways to list mounts tell the same of this process. */
static const char *both_lists_of_mounts_are_the_same(void)
{
	int mountinfo = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC), r;
	struct mount_list by_calls, by_text;
	struct seen_mount call, text, parent_call, parent_text;
	int n = 0;

	CHECK(mountinfo >= 0);
	if (!mount_list_works())
		return "listmount(2), Linux 6.8";
	mount_list_start(&by_calls, -1);
	mount_list_start(&by_text, mountinfo);
	while ((r = mount_list_next(&by_calls, &call)) > 0) {
		CHECK_INT(mount_list_next(&by_text, &text), 1);
		CHECK_INT(text.id, call.id);
		CHECK_INT(text.parent, call.parent);
		CHECK_INT(text.attributes & BIND_ATTRIBUTES, call.attributes & BIND_ATTRIBUTES);
		CHECK_TEXT(text.type, call.type);
		CHECK_TEXT(text.point, call.point);
		n++;
		if (strcmp(text.point, "/") != 0) { /* what our root lies on is out of sight */
			CHECK_INT(mount_list_parent(&by_text, &text, &parent_text), 1);
			CHECK_INT(mount_list_parent(&by_calls, &call, &parent_call), 1);
			CHECK_INT(parent_text.id, parent_call.id);
			CHECK_INT(parent_text.id, call.parent);
		}
	}
	CHECK_INT(r, 0);
	CHECK_INT(mount_list_next(&by_text, &text), 0);
	CHECK(n > 1);
	close(mountinfo);
	return NULL;
}

static void build_file(struct build *build, const char *path, const char *text)
{
	build_op(build, OP_FILE, NULL);
	build_string(build, path);
	build_number(build, 0644);
	build_string(build, text);
}

/* In the host's own tree only what the launch has mounted itself is written to. */
static const char *nothing_is_made_in_the_tree_of_the_host(void)
{
	static const char point[] = "/tmp/ostler-test-no-such-point";
	const char *const none[] = { NULL };
	const char *file = temp_file("host", "untouched", 9, 0666);
	char text[16] = "", link_path[300];
	struct build build;
	struct outcome outcome;
	int i, fd;

	snprintf(link_path, sizeof(link_path), "%s-link", file);
	for (i = 0; i < 5; i++) {
		start_sandbox(&build, SANDBOX);
		build_root(&build, ROOT_COPY, "/", 0);
		if (i == 0)
			build_filesystem(&build, "tmpfs", point, 0, none);
		if (i == 1)
			build_bind(&build, "/usr", point, 0);
		if (i == 2)
			build_file(&build, file, "changed");
		if (i == 3)
			build_two(&build, OP_SYMLINK, "x", link_path);
		if (i == 4) {
			build_op(&build, OP_MKDIR, NULL);
			build_string(&build, point);
			build_number(&build, 0755);
		}
		build_op(&build, OP_PIVOT, NULL);
		build_script(&build, "echo ran");

		run_plan(&build, &outcome);

		CHECK_INT(outcome.report.outcome, LAUNCH_REFUSED);
		CHECK_INT(outcome.report.refusal.error, EROFS);
		CHECK_INT(access(point, F_OK), -1);
	}
	fd = open(file, O_RDONLY | O_CLOEXEC);
	CHECK_INT(read(fd, text, sizeof(text) - 1), 9);
	close(fd);
	CHECK_TEXT(text, "untouched");

	start_sandbox(&build, SANDBOX);
	build_root(&build, ROOT_COPY, "/", 0);
	build_filesystem(&build, "tmpfs", "/tmp", 0, none);
	build_filesystem(&build, "tmpfs", "/tmp/a/b", 0, none);
	build_file(&build, "/tmp/a/b/c/file", "made");
	build_two(&build, OP_SYMLINK, "a/b/c/file", "/tmp/link");
	build_op(&build, OP_PIVOT, NULL);
	build_script(&build, "cat /tmp/link");
	run_plan(&build, &outcome);
	check_output(&outcome, "made");
	return NULL;
}

static const char *shifts_the_clocks(void)
{
	struct build build;
	struct outcome outcome;

	start_sandbox(&build, 0);
	build_op(&build, OP_TIME_OFFSETS, NULL);
	build_number(&build, 0);
	build_number(&build, 1000000000);
	build_script(&build, "test $(cut -d. -f1 /proc/uptime) -ge 1000000000 && echo shifted");

	run_plan(&build, &outcome);

	check_output(&outcome, "shifted\n");
	return NULL;
}

static const char *sets_a_namespaced_sysctl_and_no_other_file(void)
{
	struct build build;
	struct outcome outcome;

	start_sandbox(&build, CLONE_NEWNET);
	build_two(&build, OP_SYSCTL, "net/ipv4/ip_unprivileged_port_start", "80");
	build_script(&build, "cat /proc/sys/net/ipv4/ip_unprivileged_port_start");
	run_plan(&build, &outcome);
	check_output(&outcome, "80\n");

	start_sandbox(&build, CLONE_NEWNET);
	build_two(&build, OP_SYSCTL, "../self/oom_score_adj", "500");
	build_script(&build, "true");
	run_plan(&build, &outcome);
	CHECK_INT(outcome.report.outcome, LAUNCH_REFUSED);
	CHECK_INT(outcome.report.refusal.error, EXDEV);
	return NULL;
}

static const char *a_map_that_the_kernel_refuses_is_named(void)
{
	const char *const none[] = { NULL };
	struct build build;
	struct outcome outcome;

	build_start(&build, PLAN_COPY | PLAN_STAY, 1);
	build_op(&build, OP_NAMESPACES, "test.yaml:3:1 (namespaces)");
	build_number(&build, CLONE_NEWUSER);
	build_number(&build, 0);
	build_number(&build, UINT64_MAX);
	build_number(&build, UINT64_MAX);
	build_string(&build, "0 0 1\n0 5 1"); /* overlaps */
	build_string(&build, "");
	build_strings(&build, none);
	build_strings(&build, none);
	build_script(&build, "true");

	run_plan(&build, &outcome);

	CHECK_INT(outcome.report.outcome, LAUNCH_REFUSED);
	CHECK_TEXT(outcome.report.refusal.call, "uid_map");
	CHECK_INT(outcome.report.refusal.op, 0);
	return NULL;
}

/*
 * Who has no rights outside gets no gid map while setgroups is allowed (P36), and then none for
 * users either.
 */
static const char *a_gid_map_without_deny_is_refused(void)
{
	const char *const none[] = { NULL };
	char map[64];
	struct build build;
	struct outcome outcome;

	if (geteuid() == 0)
		return "to be no root";
	build_start(&build, PLAN_COPY | PLAN_STAY, 1);
	build_op(&build, OP_NAMESPACES, "test.yaml:3:1 (namespaces)");
	build_number(&build, CLONE_NEWUSER);
	build_number(&build, 0);
	build_number(&build, UINT64_MAX);
	build_number(&build, UINT64_MAX);
	snprintf(map, sizeof(map), "0 %d 1", geteuid());
	build_string(&build, map);
	snprintf(map, sizeof(map), "0 %d 1", getegid());
	build_string(&build, map);
	build_strings(&build, none);
	build_strings(&build, none);
	build_script(&build, "echo ran");

	run_plan(&build, &outcome);

	CHECK_INT(outcome.report.outcome, LAUNCH_REFUSED);
	CHECK_TEXT(outcome.report.refusal.call, "gid_map");
	CHECK_INT(outcome.report.refusal.error, EPERM);
	CHECK_TEXT(outcome.output, "");
	return NULL;
}

/* Root of outside is in the map: the step from it to another id inside keeps the capabilities. */
static const char *another_id_inside_can_still_mount(void)
{
	const char *const none[] = { NULL };
	struct build build;
	struct outcome outcome;

	if (geteuid() != 0)
		return "root, for maps of more than one id";
	build_start(&build, PLAN_COPY | PLAN_STAY, 1);
	build_op(&build, OP_NAMESPACES, NULL);
	build_number(&build, SANDBOX | CLONE_NEWUSER);
	build_number(&build, 0);
	build_number(&build, 5);
	build_number(&build, 6);
	build_string(&build, "0 0 100");
	build_string(&build, "0 0 100");
	build_strings(&build, none);
	build_strings(&build, none);
	build_op(&build, OP_SIGNALS, NULL);
	build_stdio(&build);
	build_root(&build, ROOT_COPY, "/", 0);
	build_filesystem(&build, "tmpfs", "/tmp", 0, none);
	build_op(&build, OP_PIVOT, NULL);
	build_script(&build, "id -u; id -g; grep CapEff /proc/self/status");

	run_plan(&build, &outcome);

	check_output(&outcome, "5\n6\nCapEff:\t0000000000000000\n");
	return NULL;
}

static void build_helped(struct build *build, const char *uid_helper, const char *gid_helper)
{
	build_start(build, PLAN_COPY | PLAN_STAY, 1);
	build_op(build, OP_NAMESPACES, "test.yaml:3:1 (user_namespace)");
	build_number(build, CLONE_NEWUSER);
	build_number(build, 0);
	build_number(build, 1);
	build_number(build, 1);
	build_string(build, "");
	build_string(build, "");
	build_strings(build, (const char *const[]){ uid_helper, "0", "100000", "10", NULL });
	build_strings(build, (const char *const[]){ gid_helper, "0", "200000", "10", NULL });
	build_op(build, OP_SIGNALS, NULL);
	build_stdio(build);
	build_script(build, "id -u; id -g; cat /proc/self/uid_map /proc/self/gid_map");
}

/* As newuidmap(1): PID INSIDE OUTSIDE COUNT. */
static const char *a_helper_writes_the_maps(void)
{
	static const char uids[] = "#!/bin/sh\necho $2 $3 $4 > /proc/$1/uid_map\n";
	static const char gids[] = "#!/bin/sh\necho $2 $3 $4 > /proc/$1/gid_map\n";
	static const char fails[] = "#!/bin/sh\nexit 1\n";
	char uid_helper[256], gid_helper[256];
	struct build build;
	struct outcome outcome;

	if (geteuid() != 0)
		return "root, for a helper that writes maps of more than one id";
	snprintf(uid_helper, sizeof(uid_helper), "%s", temp_file("uids", uids, sizeof(uids) - 1, 0755));
	snprintf(gid_helper, sizeof(gid_helper), "%s", temp_file("gids", gids, sizeof(gids) - 1, 0755));
	build_helped(&build, uid_helper, gid_helper);
	run_plan(&build, &outcome);
	check_output(&outcome, "1\n1\n         0     100000         10\n         0     200000         10\n");

	build_helped(&build, temp_file("fails", fails, sizeof(fails) - 1, 0755), gid_helper);
	run_plan(&build, &outcome);
	CHECK_INT(outcome.report.outcome, LAUNCH_REFUSED);
	CHECK_TEXT(outcome.report.refusal.call, "uid_map");
	CHECK_INT(outcome.report.refusal.error, EPERM);

	build_helped(&build, uid_helper, "/no/such/newgidmap");
	run_plan(&build, &outcome);
	CHECK_INT(outcome.report.outcome, LAUNCH_REFUSED);
	CHECK_TEXT(outcome.report.refusal.object, "/no/such/newgidmap");
	CHECK_INT(outcome.report.refusal.error, ENOENT);
	return NULL;
}

int main(void)
{
	static const struct test tests[] = {
		{ "a root of its own holds only what was asked for",
		  a_root_of_its_own_holds_only_what_was_asked_for },
		{ "the init of a pid namespace reaps and tells the end",
		  the_init_of_a_pid_namespace_reaps_and_tells_the_end },
		{ "links in an image never lead out", links_in_an_image_never_lead_out },
		{ "masks and read-only paths", masks_and_read_only_paths },
		{ "what was not made is not expected", what_was_not_made_is_not_expected },
		{ "both lists of mounts are the same", both_lists_of_mounts_are_the_same },
		{ "nothing is made in the tree of the host", nothing_is_made_in_the_tree_of_the_host },
		{ "shifts the clocks", shifts_the_clocks },
		{ "sets a namespaced sysctl and no other file", sets_a_namespaced_sysctl_and_no_other_file },
		{ "a gid map without deny is refused", a_gid_map_without_deny_is_refused },
		{ "another id inside can still mount", another_id_inside_can_still_mount },
		{ "a helper writes the maps", a_helper_writes_the_maps },
		{ "a map that the kernel refuses is named", a_map_that_the_kernel_refuses_is_named },
	};

	return RUN_TESTS(tests);
}
