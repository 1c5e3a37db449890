/* From a plan to a process, and every way it is refused that needs no special host. */
#include "check.h"
#include "run.h"

#include <elf.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void check_refused(const struct outcome *outcome, const char *call, int error, const char *object)
{
	CHECK_INT(outcome->report.outcome, LAUNCH_REFUSED);
	CHECK_TEXT(outcome->report.refusal.call, call);
	CHECK_TEXT(outcome->report.refusal.object, object);
	CHECK_TEXT(errno_name(outcome->report.refusal.error), errno_name(error));
	CHECK(WIFEXITED(outcome->status));
	CHECK_INT(WEXITSTATUS(outcome->status), 127);
}

static void check_ran(const struct outcome *outcome, int code)
{
	if (outcome->report.outcome == LAUNCH_REFUSED)
		refusal_print(NULL, &outcome->report.refusal);
	CHECK_INT(outcome->report.outcome == LAUNCH_RUNNING ? 0 : outcome->status, 0);
	CHECK(WIFEXITED(outcome->status));
	CHECK_INT(WEXITSTATUS(outcome->status), code);
}

static const char *runs_a_program_in_both_clone_modes(void)
{
	struct build build;
	struct outcome outcome;
	int i;

	for (i = 0; i < 60; i++) {
		build_start(&build, i % 2 ? PLAN_COPY : 0, 1);
		build_op(&build, OP_SIGNALS, NULL);
		build_op(&build, OP_SETSID, NULL);
		build_op(&build, OP_UMASK, NULL);
		build_number(&build, 0027);
		build_stdio(&build);
		build_script(&build, "umask; exit 7");

		run_plan(&build, &outcome);

		check_ran(&outcome, 7);
		CHECK_TEXT(outcome.output, "0027\n");
		CHECK_INT(outcome.report.cpu, UINT32_MAX);
	}
	return NULL;
}

static const char *starts_with_an_empty_mask_and_default_dispositions(void)
{
	struct build build;
	struct outcome outcome;

	signal(SIGUSR1, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	build_start(&build, 0, 1);
	build_op(&build, OP_SIGNALS, NULL);
	build_stdio(&build);
	build_execve(&build, (const char *const[]){ "/bin/grep", "-E", "Sig(Blk|Ign)", "/proc/self/status",
						    NULL });
	run_plan(&build, &outcome);
	signal(SIGUSR1, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);

	check_ran(&outcome, 0);
	CHECK_TEXT(outcome.output, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
	return NULL;
}

static int text_file(const char *text)
{
	int fd = memfd_create("text", MFD_CLOEXEC);

	CHECK(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	CHECK(lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

static const char *swaps_descriptors_3_and_4(void)
{
	uint64_t quads[] = { 0, FDS_NULL, 0, S_IFCHR, 1, FDS_PASSED, 0, S_IFIFO, 2, FDS_OWN, 2, 0,
			     3, FDS_OWN,  4, S_IFREG, 4, FDS_OWN,    3, S_IFREG };
	int saved[2] = { fcntl(3, F_DUPFD_CLOEXEC, 50), fcntl(4, F_DUPFD_CLOEXEC, 50) };
	int a = fcntl(text_file("was-3"), F_DUPFD_CLOEXEC, 60);
	int b = fcntl(text_file("was-4"), F_DUPFD_CLOEXEC, 60);
	struct build build;
	struct outcome outcome;

	dup2(a, 3);
	dup2(b, 4);
	build_start(&build, 0, 1);
	build_op(&build, OP_FDS, NULL);
	build_numbers(&build, 20, quads);
	build_script(&build, "cat <&3; echo; cat <&4; echo; ls /proc/$$/fd; true");
	run_plan(&build, &outcome);
	close(3);
	close(4);
	if (saved[0] >= 0)
		dup2(saved[0], 3);
	if (saved[1] >= 0)
		dup2(saved[1], 4);

	check_ran(&outcome, 0);
	CHECK_TEXT(outcome.output, "was-4\nwas-3\n0\n1\n2\n3\n4\n");
	return NULL;
}

static const char *shows_only_declared_descriptors(void)
{
	struct build build;
	struct outcome outcome;
	int i, fds[200];

	for (i = 0; i < 200; i++)
		fds[i] = dup(2); /* not close-on-exec */
	build_start(&build, 0, 1);
	build_stdio(&build);
	build_script(&build, "ls /proc/$$/fd; true");
	run_plan(&build, &outcome);
	for (i = 0; i < 200; i++)
		close(fds[i]);

	check_ran(&outcome, 0);
	CHECK_TEXT(outcome.output, "0\n1\n2\n");
	return NULL;
}

static const char *clears_async_mode_of_descriptors(void)
{
	uint64_t quads[] = { 0, FDS_OWN, 0, 0, 1, FDS_PASSED, 0, 0, 2, FDS_OWN, 2, 0, 3, FDS_OWN, 0, 0 };
	struct build build;
	struct outcome outcome;
	int ends[2];

	CHECK_INT(pipe2(ends, O_CLOEXEC), 0);
	CHECK_INT(fcntl(ends[0], F_SETFL, O_ASYNC), 0);
	quads[14] = (uint64_t)ends[0];
	build_start(&build, 0, 1);
	build_op(&build, OP_FDS, NULL);
	build_numbers(&build, 16, quads);
	build_script(&build, "exit 0");
	run_plan(&build, &outcome);

	check_ran(&outcome, 0);
	CHECK_INT(fcntl(ends[0], F_GETFL) & O_ASYNC, 0);
	close(ends[0]);
	close(ends[1]);
	return NULL;
}

static const char *refuses_missing_and_wrong_descriptors(void)
{
	uint64_t wrong[] = { 5, FDS_PASSED, 0, S_IFSOCK }, missing[] = { 6, FDS_OWN, 1023, 0 };
	struct build build;
	struct outcome outcome;

	build_start(&build, 0, 1);
	build_op(&build, OP_FDS, NULL);
	build_numbers(&build, 4, wrong);
	build_script(&build, "exit 0");
	run_plan(&build, &outcome);
	check_refused(&outcome, "fstat", EBADF, "descriptor 5: expected a socket");

	build_start(&build, 0, 1);
	build_op(&build, OP_FDS, NULL);
	build_numbers(&build, 4, missing);
	build_script(&build, "exit 0");
	run_plan(&build, &outcome);
	check_refused(&outcome, "fstat", EBADF, "descriptor 6");
	return NULL;
}

static void run_candidates(const char *const *candidates, struct outcome *ret)
{
	struct build build;

	build_start(&build, 0, 1);
	build_op(&build, OP_EXECVE, NULL);
	build_strings(&build, candidates);
	build_strings(&build, (const char *const[]){ "name", NULL });
	build_strings(&build, (const char *const[]){ NULL });
	run_plan(&build, ret);
}

static const char *names_the_missing_program(void)
{
	struct outcome outcome;

	run_candidates((const char *const[]){ "/no/such/program", NULL }, &outcome);
	check_refused(&outcome, "execve", ENOENT, "/no/such/program");
	CHECK_INT(outcome.report.refusal.detail1, EXECVE_FILE);

	run_candidates((const char *const[]){ "/usr/bin/no-such", "/bin/no-such", NULL }, &outcome);
	check_refused(&outcome, "execve", ENOENT, "no-such");

	run_candidates((const char *const[]){ "/bin/sh/x", NULL }, &outcome);
	check_refused(&outcome, "execve", ENOTDIR, "/bin/sh/x");

	run_candidates((const char *const[]){ "/no/true", "/bin/sh/true", "/bin/true", NULL }, &outcome);
	check_ran(&outcome, 0);
	return NULL;
}

static const char *names_the_missing_interpreter(void)
{
	static const char script[] = "#! /no/such/interpreter -x\n";
	char outer[300];
	struct outcome outcome;
	const char *path = temp_file("script", script, sizeof(script) - 1, 0755);

	run_candidates((const char *const[]){ path, NULL }, &outcome);
	check_refused(&outcome, "execve", ENOENT, "/no/such/interpreter");
	CHECK_INT(outcome.report.refusal.detail1, EXECVE_INTERPRETER);

	snprintf(outer, sizeof(outer), "#!%s\n", path); /* a script run by that script */
	path = temp_file("outer", outer, strlen(outer), 0755);
	run_candidates((const char *const[]){ path, NULL }, &outcome);
	check_refused(&outcome, "execve", ENOENT, "/no/such/interpreter");
	return NULL;
}

static const char *names_the_missing_loader(void)
{
	static char file[1 << 20];
	int fd = open("/bin/true", O_RDONLY | O_CLOEXEC), i;
	ssize_t size = read(fd, file, sizeof(file));
	Elf64_Ehdr *header = (Elf64_Ehdr *)file;
	Elf64_Phdr *segments = (Elf64_Phdr *)(file + header->e_phoff);
	struct outcome outcome;

	close(fd);
	for (i = 0; i < header->e_phnum && segments[i].p_type != PT_INTERP; i++)
		;
	if (i == header->e_phnum)
		return "a dynamic /bin/true";
	memcpy(file + segments[i].p_offset, "/nope", 5);
	const char *path = temp_file("program", file, (size_t)size, 0755);

	run_candidates((const char *const[]){ path, NULL }, &outcome);
	check_refused(&outcome, "execve", ENOENT, file + segments[i].p_offset);
	CHECK_INT(outcome.report.refusal.detail1, EXECVE_LOADER);
	return NULL;
}

static const char *tells_denied_from_malformed_programs(void)
{
	struct outcome outcome;
	char denied[256];

	strcpy(denied, temp_file("denied", "x", 1, 0644));
	run_candidates((const char *const[]){ denied, NULL }, &outcome);
	check_refused(&outcome, "execve", EACCES, denied);

	/* denied wins over missing, and the search goes on behind it */
	run_candidates((const char *const[]){ "/no/x", denied, "/no/y", NULL }, &outcome);
	check_refused(&outcome, "execve", EACCES, denied);
	CHECK_INT(outcome.report.refusal.sub, 1);
	run_candidates((const char *const[]){ denied, "/bin/true", NULL }, &outcome);
	check_ran(&outcome, 0);

	const char *garbage = temp_file("garbage", "\1\2\3\4garbage", 11, 0755);
	run_candidates((const char *const[]){ garbage, NULL }, &outcome);
	check_refused(&outcome, "execve", ENOEXEC, garbage);
	return NULL;
}

static const char *waits_for_a_program_that_is_being_written(void)
{
	char bytes[4096];
	const char *path = temp_file("busy", "#!/bin/sh\nexit 3\n", 17, 0755);
	struct outcome outcome;
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	pid_t closer;

	(void)bytes;
	closer = fork(); /* holds the only other write end for a moment */
	if (closer == 0) {
		usleep(30000);
		_exit(0);
	}
	close(fd);
	run_candidates((const char *const[]){ path, NULL }, &outcome);
	CHECK_INT(waitpid(closer, NULL, 0), closer);

	check_ran(&outcome, 3);
	return NULL;
}

static const char *changes_the_directory_or_says_why_not(void)
{
	struct build build;
	struct outcome outcome;

	build_start(&build, 0, 1);
	build_stdio(&build);
	build_op(&build, OP_CHDIR, NULL);
	build_string(&build, "/usr");
	build_script(&build, "pwd");
	run_plan(&build, &outcome);
	check_ran(&outcome, 0);
	CHECK_TEXT(outcome.output, "/usr\n");

	build_start(&build, 0, 1);
	build_op(&build, OP_UMASK, NULL);
	build_number(&build, 022);
	build_op(&build, OP_CHDIR, "web.yaml:14:9 (services.web.working_dir)");
	build_string(&build, "/srv/no-such-dir");
	build_script(&build, "exit 0");
	run_plan(&build, &outcome);
	check_refused(&outcome, "chdir", ENOENT, "/srv/no-such-dir");
	CHECK_INT(outcome.report.refusal.op, 1);
	return NULL;
}

static const char *sets_limits_and_nice(void)
{
	struct rlimit now;
	struct build build;
	struct outcome outcome;

	build_start(&build, PLAN_COPY, 1);
	build_stdio(&build);
	build_op(&build, OP_OOM_SCORE_ADJ, NULL);
	build_number(&build, 900);
	build_op(&build, OP_RLIMIT, NULL);
	build_number(&build, RLIMIT_NOFILE);
	build_number(&build, 5);
	build_number(&build, 64);
	build_op(&build, OP_NICE, NULL);
	build_number(&build, 19);
	build_script(&build, "ulimit -Sn; ulimit -Hn; nice; cat /proc/self/oom_score_adj");
	run_plan(&build, &outcome);
	check_ran(&outcome, 0);
	CHECK_TEXT(outcome.output, "5\n64\n19\n900\n");

	CHECK_INT(getrlimit(RLIMIT_NOFILE, &now), 0);
	build_start(&build, 0, 1);
	build_op(&build, OP_RLIMIT, NULL);
	build_number(&build, RLIMIT_NOFILE);
	build_number(&build, 7);
	build_number(&build, UINT64_MAX); /* above fs.nr_open: not even root */
	build_script(&build, "exit 0");
	run_plan(&build, &outcome);
	check_refused(&outcome, "prlimit", EPERM, "RLIMIT_NOFILE 7:unlimited");
	return NULL;
}

static const char *pins_to_a_cpu_and_reports_it(void)
{
	struct build build;
	struct outcome outcome;
	cpu_set_t set;
	uint64_t cpu = 0, both[2];

	CHECK_INT(sched_getaffinity(0, sizeof(set), &set), 0);
	while (!CPU_ISSET(cpu, &set))
		cpu++;
	build_start(&build, 0, 1);
	build_op(&build, OP_AFFINITY, NULL);
	build_numbers(&build, 1, &cpu);
	build_stdio(&build);
	build_script(&build, "nproc");
	run_plan(&build, &outcome);
	check_ran(&outcome, 0);
	CHECK_INT(outcome.report.cpu, (long long)cpu);
	CHECK(outcome.report.node != UINT32_MAX);
	CHECK_TEXT(outcome.output, "1\n");

	both[0] = cpu;
	both[1] = 8191;
	build_start(&build, 0, 1);
	build_op(&build, OP_AFFINITY, NULL);
	build_numbers(&build, 1, both + 1);
	build_script(&build, "exit 0");
	run_plan(&build, &outcome);
	check_refused(&outcome, "sched_setaffinity", EINVAL, "8191");

	/* the kernel would drop it silently */
	build_start(&build, 0, 1);
	build_op(&build, OP_AFFINITY, NULL);
	build_numbers(&build, 2, both);
	build_script(&build, "exit 0");
	run_plan(&build, &outcome);
	check_refused(&outcome, "sched_setaffinity", EINVAL, "8191");
	CHECK_INT(outcome.report.refusal.call_nr, -1);
	return NULL;
}

static const char *arms_the_death_signal_only_under_its_parent(void)
{
	struct build build;
	struct outcome outcome;
	struct launch launch = { .parent = getpid() + 1 };
	uint64_t kill_signal = SIGKILL;
	struct args args = { (const uint8_t *)&kill_signal };
	int status;
	pid_t child;

	build_start(&build, 0, 1);
	build_op(&build, OP_DEATH_SIGNAL, NULL);
	build_number(&build, SIGKILL);
	build_script(&build, "exit 0");
	run_plan(&build, &outcome);
	check_ran(&outcome, 0);

	child = fork();
	if (child == 0)
		_exit(op_DEATH_SIGNAL(&launch, &args) == -ESRCH &&
		      strcmp(launch.refusal.call, "getppid") == 0 ? 0 : 1);
	CHECK_INT(waitpid(child, &status, 0), child);
	CHECK_INT(status, 0);
	return NULL;
}

static const char *becomes_a_user_with_one_capability(void)
{
	const uint64_t bind = 1 << CAP_NET_BIND_SERVICE;
	struct build build;
	struct outcome outcome;

	if (geteuid() != 0 || prctl(PR_CAPBSET_READ, CAP_SETPCAP) != 1)
		return "root with CAP_SETUID, CAP_SETGID and CAP_SETPCAP";
	build_start(&build, 0, 1);
	build_stdio(&build);
	build_op(&build, OP_BOUNDING, NULL);
	build_number(&build, bind);
	build_op(&build, OP_KEEPCAPS, NULL);
	build_number(&build, 1);
	build_op(&build, OP_GROUPS, NULL);
	build_numbers(&build, 3, (uint64_t[]){ 65533, 7, 65532 });
	build_op(&build, OP_GID, NULL);
	build_number(&build, 65533);
	build_op(&build, OP_UID, NULL);
	build_number(&build, 65534);
	build_op(&build, OP_CAPSET, NULL);
	build_number(&build, bind);
	build_number(&build, bind);
	build_number(&build, bind);
	build_op(&build, OP_AMBIENT, NULL);
	build_number(&build, bind);
	build_op(&build, OP_KEEPCAPS, NULL);
	build_number(&build, 0);
	build_op(&build, OP_NO_NEW_PRIVS, NULL);
	build_script(&build, "grep -E '^(Uid|Gid|Groups|Cap|NoNewPrivs)' /proc/self/status");
	run_plan(&build, &outcome);
	(void)prctl(PR_SET_DUMPABLE, 1);

	check_ran(&outcome, 0);
	CHECK_TEXT(outcome.output, "Uid:\t65534\t65534\t65534\t65534\nGid:\t65533\t65533\t65533\t65533\n"
				   "Groups:\t7 65532 65533 \n"
				   "CapInh:\t0000000000000400\nCapPrm:\t0000000000000400\n"
				   "CapEff:\t0000000000000400\nCapBnd:\t0000000000000400\n"
				   "CapAmb:\t0000000000000400\nNoNewPrivs:\t1\n");
	return NULL;
}

static const char *takes_the_rights_of_root_by_securebits(void)
{
	struct build build;
	struct outcome outcome;

	if (geteuid() != 0 || prctl(PR_CAPBSET_READ, CAP_SETPCAP) != 1)
		return "root with CAP_SETPCAP";
	build_start(&build, 0, 1);
	build_stdio(&build);
	build_op(&build, OP_SECUREBITS, NULL);
	build_number(&build, SECBIT_NOROOT);
	build_script(&build, "grep -E '^Cap(Prm|Eff)' /proc/self/status");
	run_plan(&build, &outcome);

	check_ran(&outcome, 0);
	CHECK_TEXT(outcome.output, "CapPrm:\t0000000000000000\nCapEff:\t0000000000000000\n");
	return NULL;
}

static const char *names_the_capability_that_is_missing(void)
{
	const uint64_t unknown = 1ULL << 62;
	struct build build;
	struct outcome outcome;

	build_start(&build, 0, 1);
	build_op(&build, OP_CAPSET, NULL);
	build_number(&build, 0);
	build_number(&build, 0);
	build_number(&build, 0);
	build_op(&build, OP_CAPSET, "a.yaml:9:1 (keep)");
	build_number(&build, 0);
	build_number(&build, 1 << CAP_NET_BIND_SERVICE | 1 << CAP_CHOWN);
	build_number(&build, 0);
	build_script(&build, "exit 0");
	run_plan(&build, &outcome);
	check_refused(&outcome, "capset", EPERM, "CAP_CHOWN,CAP_NET_BIND_SERVICE");
	CHECK_INT(outcome.report.refusal.op, 1);

	build_start(&build, 0, 1);
	build_op(&build, OP_CAPSET, NULL);
	build_number(&build, 0);
	build_number(&build, unknown);
	build_number(&build, 0);
	build_script(&build, "exit 0");
	run_plan(&build, &outcome);
	check_refused(&outcome, "capset", EPERM, "capability 62");
	return NULL;
}

static const char *refuses_another_user_without_the_right(void)
{
	struct build build;
	struct outcome outcome;

	build_start(&build, 0, 1);
	build_op(&build, OP_CAPSET, NULL);
	build_number(&build, 0);
	build_number(&build, 0);
	build_number(&build, 0);
	build_op(&build, OP_UID, NULL);
	build_number(&build, 54321);
	build_script(&build, "exit 0");
	run_plan(&build, &outcome);
	check_refused(&outcome, "setresuid", EPERM, "uid 54321");
	return NULL;
}

/* Let clone3 fail as an old kernel or a container's filter does, in this process for good. */
static void filter_clone3(int error)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned int)error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { 4, filter };

	CHECK_INT(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	CHECK_INT(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

static void launch_both_modes(int cgroup_fd, const char *cgroup)
{
	struct build build;
	struct outcome outcome;
	uint32_t flags;

	for (flags = 0; flags <= PLAN_COPY; flags++) {
		build_start(&build, flags, 1);
		build_stdio(&build);
		build_script(&build, "grep ^0:: /proc/self/cgroup; exit 5");
		run_plan_in(&build, cgroup_fd, &outcome);
		check_ran(&outcome, 5);
		CHECK(strstr(outcome.output, cgroup) != NULL);
	}
}

static void in_a_child_with_filter(int error, int cgroup_fd, const char *cgroup)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		filter_clone3(error);
		launch_both_modes(cgroup_fd, cgroup);
		_exit(0);
	}
	CHECK_INT(waitpid(child, &status, 0), child);
	CHECK_INT(status, 0);
}

static const char *falls_back_when_clone3_is_not_there(void)
{
	in_a_child_with_filter(ENOSYS, -1, "");
	in_a_child_with_filter(EPERM, -1, "");
	return NULL;
}

static const char *starts_inside_the_cgroup(void)
{
	char path[128];
	const char *name = strrchr(path, '/');
	int fd;

	snprintf(path, sizeof(path), "/sys/fs/cgroup/unified/ostler-test-%d", getpid());
	if (mkdir(path, 0755) < 0) {
		snprintf(path, sizeof(path), "/sys/fs/cgroup/ostler-test-%d", getpid());
		if (access("/sys/fs/cgroup/cgroup.procs", W_OK) < 0 || mkdir(path, 0755) < 0)
			return "a cgroup v2 directory in which it may create another";
	}
	name = strrchr(path, '/');
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	launch_both_modes(fd, name);
	in_a_child_with_filter(ENOSYS, fd, name);

	close(fd);
	CHECK_INT(rmdir(path), 0);
	return NULL;
}

static const char *says_so_when_the_cgroup_is_none(void)
{
	struct build build;
	struct outcome outcome;
	int fd = open("/usr", O_PATH | O_DIRECTORY | O_CLOEXEC);

	build_start(&build, 0, 1);
	build_script(&build, "exit 0");
	run_plan_in(&build, fd, &outcome);
	close(fd);

	check_refused(&outcome, "openat", ENOENT, "cgroup.procs");
	CHECK_INT(outcome.report.refusal.op, UINT32_MAX);
	return NULL;
}

int main(void)
{
	static const struct test tests[] = {
		{ "runs a program in both clone modes", runs_a_program_in_both_clone_modes },
		{ "starts with an empty mask and default dispositions",
		  starts_with_an_empty_mask_and_default_dispositions },
		{ "swaps descriptors 3 and 4", swaps_descriptors_3_and_4 },
		{ "shows only declared descriptors", shows_only_declared_descriptors },
		{ "clears async mode of descriptors", clears_async_mode_of_descriptors },
		{ "refuses missing and wrong descriptors", refuses_missing_and_wrong_descriptors },
		{ "names the missing program", names_the_missing_program },
		{ "names the missing interpreter", names_the_missing_interpreter },
		{ "names the missing loader", names_the_missing_loader },
		{ "tells denied from malformed programs", tells_denied_from_malformed_programs },
		{ "waits for a program that is being written", waits_for_a_program_that_is_being_written },
		{ "changes the directory or says why not", changes_the_directory_or_says_why_not },
		{ "sets limits and nice", sets_limits_and_nice },
		{ "pins to a CPU and reports it", pins_to_a_cpu_and_reports_it },
		{ "arms the death signal only under its parent", arms_the_death_signal_only_under_its_parent },
		{ "becomes a user with one capability", becomes_a_user_with_one_capability },
		{ "takes the rights of root by securebits", takes_the_rights_of_root_by_securebits },
		{ "names the capability that is missing", names_the_capability_that_is_missing },
		{ "refuses another user without the right", refuses_another_user_without_the_right },
		{ "falls back when clone3 is not there", falls_back_when_clone3_is_not_there },
		{ "starts inside the cgroup", starts_inside_the_cgroup },
		{ "says so when the cgroup is none", says_so_when_the_cgroup_is_none },
	};

	return RUN_TESTS(tests);
}
