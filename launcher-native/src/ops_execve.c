/*
 * The last op: the candidates in order, and which file is missing when the kernel just says
 * ENOENT.
 */
#include "ops.h"

#include <elf.h>
#include <string.h>
#include <sys/prctl.h>

enum {
	SCRIPT_HEAD_BYTES = 256, /* BINPRM_BUF_SIZE: what the kernel reads of a #! line */
	INTERPRETER_DEPTH = 5, /* the kernel follows this many #! */
	BUSY_TRIES = 10,
	BUSY_MAX_MS = 50,
};

/* Where a #! or ELF file names the program that runs it. False when it names none. */
static bool script_interpreter(char *head, long n, char *ret, size_t size)
{
	char *at = head + 2, *end;

	head[n < SCRIPT_HEAD_BYTES ? n : SCRIPT_HEAD_BYTES - 1] = 0;
	while (*at == ' ' || *at == '\t')
		at++;
	for (end = at; *end && *end != ' ' && *end != '\t' && *end != '\n';)
		end++;
	if (end == at || (size_t)(end - at) >= size)
		return false;
	memcpy(ret, at, (size_t)(end - at));
	ret[end - at] = 0;
	return true;
}

static bool read_string(int fd, uint64_t offset, uint64_t bytes, char *ret, size_t size)
{
	if (bytes < 2 || bytes > size || offset > INT64_MAX ||
	    sys_pread(fd, ret, bytes, (long)offset) != (long)bytes)
		return false;
	return ret[bytes - 1] == 0 && ret[0] != 0;
}

static bool elf64_loader(int fd, const Elf64_Ehdr *file, char *ret, size_t size)
{
	Elf64_Phdr segment;
	uint64_t i, at = file->e_phoff;

	for (i = 0; i < file->e_phnum && at <= INT64_MAX; i++, at += sizeof(segment)) {
		if (sys_pread(fd, &segment, sizeof(segment), (long)at) != (long)sizeof(segment))
			return false;
		if (segment.p_type == PT_INTERP)
			return read_string(fd, segment.p_offset, segment.p_filesz, ret, size);
	}
	return false;
}

static bool elf32_loader(int fd, const Elf32_Ehdr *file, char *ret, size_t size)
{
	Elf32_Phdr segment;
	uint64_t i, at = file->e_phoff;

	for (i = 0; i < file->e_phnum; i++, at += sizeof(segment)) {
		if (sys_pread(fd, &segment, sizeof(segment), (long)at) != (long)sizeof(segment))
			return false;
		if (segment.p_type == PT_INTERP)
			return read_string(fd, segment.p_offset, segment.p_filesz, ret, size);
	}
	return false;
}

/*
 * EXECVE_INTERPRETER or EXECVE_LOADER with its path in ret; EXECVE_FILE when the file names none.
 */
static int runner_of(const char *path, char *ret, size_t size)
{
	union {
		char bytes[SCRIPT_HEAD_BYTES];
		Elf64_Ehdr elf64;
		Elf32_Ehdr elf32;
	} head = { 0 };
	int fd = sys_openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int kind = EXECVE_FILE;
	long n;

	if (fd < 0)
		return EXECVE_FILE;
	n = sys_pread(fd, head.bytes, sizeof(head.bytes), 0);
	if (n > 2 && head.bytes[0] == '#' && head.bytes[1] == '!') {
		if (script_interpreter(head.bytes, n, ret, size))
			kind = EXECVE_INTERPRETER;
	} else if (n >= (long)sizeof(head.elf64) && memcmp(head.bytes, ELFMAG, SELFMAG) == 0) {
		bool is_64 = head.bytes[EI_CLASS] == ELFCLASS64;

		if (is_64 ? elf64_loader(fd, &head.elf64, ret, size)
			  : elf32_loader(fd, &head.elf32, ret, size))
			kind = EXECVE_LOADER;
	}
	(void)sys_close(fd);
	return kind;
}

static bool exists(const char *path)
{
	return sys3(SYS_faccessat, AT_FDCWD, path, 0 /* F_OK */) >= 0;
}

/*
 * Follow what runs what until something does not exist; the object and detail 1 then name it.
 * False: all exist.
 */
static bool name_missing_runner(struct launch *launch, const char *program)
{
	char *missing = launch->refusal.object;
	size_t size = sizeof(launch->refusal.object);
	char current[sizeof(launch->refusal.object)];
	int depth, kind;

	(void)refusal_object(launch);
	kind = runner_of(program, missing, size);
	for (depth = 0; depth < INTERPRETER_DEPTH && kind != EXECVE_FILE; depth++) {
		if (!exists(missing)) {
			launch->refusal.detail1 = (uint64_t)kind;
			return true;
		}
		memcpy(current, missing, sizeof(current));
		(void)refusal_object(launch);
		kind = runner_of(current, missing, size);
	}
	return false;
}

static const char **take_list(struct launch *launch, struct args *args, const char ***arena,
				    bool is_argv)
{
	uint32_t i, n = arg_count(args);
	const char **list = *arena;
	size_t extra = is_argv ? launch->n_extra_argv : 0, j;

	for (i = 0; i < n; i++)
		list[i] = arg_string(args);
	for (j = 0; j < extra; j++)
		list[n + j] = launch->extra_argv[j];
	list[n + extra] = NULL;
	*arena = list + n + extra + 1;
	return list;
}

/*
 * ETXTBSY: a sibling, cloned while the file was still open for writing, has not yet reached its
 * own execve.
 */
static long try_execve(const struct launch *launch, const char *path, const char *const *argv,
		       const char *const *envp)
{
	long r, pause_ms = 1;
	int try;

	for (try = 0; try < BUSY_TRIES; try++) {
		r = sys3(SYS_execve, path, argv, envp);
		if (r != -ETXTBSY || launch->quiet)
			break;
		sys_sleep_ms(pause_ms);
		pause_ms = pause_ms * 2 > BUSY_MAX_MS ? BUSY_MAX_MS : pause_ms * 2;
	}
	return r;
}

static void send_start(const struct launch *launch)
{
	uint8_t record[LAUNCH_START_BYTES] = { 'H' };

	memcpy(record + 1, &launch->cpu, 4);
	memcpy(record + 5, &launch->node, 4);
	if (launch->exec_pipe >= 0)
		(void)sys_write(launch->exec_pipe, record, sizeof(record));
}

/* No candidate could be run, and none was there in a way that stops the search. */
static int refuse_search(struct launch *launch, const char *const *candidates, int denied,
			 int halfway)
{
	const char *name = candidates[0], *slash = strrchr(name, '/');

	if (denied >= 0) {
		launch->refusal.sub = (uint32_t)denied;
		return refuse_named(launch, SYS_execve, "execve", -EACCES, candidates[denied]);
	}
	if (halfway >= 0) {
		launch->refusal.sub = (uint32_t)halfway;
		if (name_missing_runner(launch, candidates[halfway]))
			return refuse(launch, SYS_execve, "execve", -ENOENT);
		/*
		 * It cannot be read, so all that is known is that its interpreter or loader is
		 * missing.
		 */
		launch->refusal.detail1 = EXECVE_INTERPRETER;
		return refuse_named(launch, SYS_execve, "execve", -ENOENT, candidates[halfway]);
	}
	launch->refusal.sub = 0;
	if (candidates[1] && slash)
		name = slash + 1; /* it was looked for in several places */
	return refuse_named(launch, SYS_execve, "execve", -ENOENT, name);
}

int launch_ready(struct launch *launch)
{
	long r;

	if (launch->ready)
		return 0;
	launch->ready = true;
	/*
	 * Not earlier: below the number of descriptors the parent had open, no op could open a
	 * file.
	 */
	if (launch->sets_nofile) {
		r = sys4(SYS_prlimit64, 0, RLIMIT_NOFILE, &launch->nofile, 0);
		if (r < 0)
			return refuse_named(launch, SYS_prlimit64, "prlimit", r, "RLIMIT_NOFILE");
	}
	/* the leash of NAMESPACES was for the launch alone */
	if (plan_has_op(&launch->plan, OP_NAMESPACES) &&
	    !plan_has_op(&launch->plan, OP_DEATH_SIGNAL))
		(void)sys_prctl(PR_SET_PDEATHSIG, 0, 0);
	(void)sys_sigmask(0);
	return 0;
}

int op_EXECVE(struct launch *launch, struct args *args)
{
	const char **arena = (const char **)launch->arena;
	const char *const *candidates = take_list(launch, args, &arena, false);
	const char *const *argv = take_list(launch, args, &arena, true);
	const char **envp = take_list(launch, args, &arena, false);
	int i, denied = -1, halfway = -1, not_dir = -1;
	long r = launch_ready(launch);

	if (r < 0)
		return (int)r;
	own_variables(launch, envp);
	send_start(launch);
	for (i = 0; candidates[i]; i++) {
		r = try_execve(launch, candidates[i], argv, envp);
		if (r == -EACCES) {
			denied = denied < 0 ? i : denied;
		} else if (r == -ENOENT) {
			if (halfway < 0 && !launch->quiet && exists(candidates[i]))
				halfway = i;
		} else if (r == -ENOTDIR) {
			not_dir = i;
		} else {
			launch->refusal.sub = (uint32_t)i;
			return refuse_named(launch, SYS_execve, "execve", r, candidates[i]);
		}
	}
	if (not_dir == 0 && i == 1)
		return refuse_named(launch, SYS_execve, "execve", -ENOTDIR, candidates[0]);
	return refuse_search(launch, candidates, denied, halfway);
}
