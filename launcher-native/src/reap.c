#include "reap.h"
#include "sys.h"

#include <dirent.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

enum {
	MAX_PROCESSES = 1 << 18, /* 8 MiB of address space; only what a scan fills becomes memory */
	MAX_PID = 1 << 22, /* PID_MAX_LIMIT of 64-bit kernels */
	START_FIELD = 22, /* proc_pid_stat(5) */
};

int reap_one(struct reaped *ret, int options)
{
	long r;

	do
		r = sys4(SYS_wait4, -1, &ret->status, WNOHANG | __WALL | options, &ret->usage);
	while (r == -EINTR);
	ret->pid = (pid_t)r;
	return r > 0 ? 1 : (int)r;
}

int descendants_open(struct descendants *ret, const char **ret_call)
{
	size_t bitmap = MAX_PID / 8, bytes = MAX_PROCESSES * sizeof(struct process) + 2 * bitmap;
	uint8_t *at;

	*ret_call = "openat";
	ret->proc = sys_openat(AT_FDCWD, "/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (ret->proc < 0)
		return ret->proc;
	*ret_call = "mmap";
	at = (uint8_t *)sys_call(SYS_mmap, 0, (long)bytes, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if ((uintptr_t)at > (uintptr_t)-4096)
		return (int)(intptr_t)at;
	ret->marks = (uint64_t *)at;
	ret->signalled = (uint64_t *)(at + bitmap);
	ret->list = (struct process *)(at + 2 * bitmap);
	ret->n = 0;
	return 0;
}

static uint64_t parse_number(const char **at)
{
	uint64_t value = 0;

	for (; **at >= '0' && **at <= '9'; (*at)++)
		value = value * 10 + (uint64_t)(**at - '0');
	return value;
}

/* "pid (any bytes) S ppid …": the name ends at the last parenthesis. */
static bool read_process(int proc, const char *pid_text, struct process *ret)
{
	char path[32], buf[512];
	const char *at;
	size_t length = strlen(pid_text);
	int fd, field;
	long n;

	if (length > sizeof(path) - sizeof("/stat"))
		return false;
	memcpy(path, pid_text, length);
	memcpy(path + length, "/stat", sizeof("/stat"));
	fd = sys_openat(proc, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = sys_read(fd, buf, sizeof(buf) - 1);
	(void)sys_close(fd);
	buf[n < 0 ? 0 : n] = 0;
	at = strrchr(buf, ')');
	if (!at || at[1] == 0 || at[2] == 0 || at[3] == 0)
		return false;
	ret->pid = (pid_t)parse_number(&pid_text);
	ret->state = at[2];
	at += 4;
	ret->parent = (pid_t)parse_number(&at);
	for (field = 4; field < START_FIELD && *at; at++)
		field += *at == ' ';
	ret->start = parse_number(&at);
	return field == START_FIELD && ret->pid > 0 && ret->pid < MAX_PID;
}

static void list_processes(struct descendants *d)
{
	_Alignas(8) char buf[8192];
	long bytes, at;

	d->n = 0;
	(void)sys3(SYS_lseek, d->proc, 0, 0);
	while ((bytes = sys3(SYS_getdents64, d->proc, buf, sizeof(buf))) > 0) {
		for (at = 0; at < bytes && d->n < MAX_PROCESSES;) {
			const struct dirent64 *entry = (const void *)(buf + at);

			at += entry->d_reclen;
			if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
			    read_process(d->proc, entry->d_name, &d->list[d->n]))
				d->n++;
		}
	}
}

static bool has(const uint64_t *bitmap, pid_t pid)
{
	return pid >= 0 && pid < MAX_PID && (bitmap[pid / 64] >> pid % 64 & 1);
}

static void put(uint64_t *bitmap, pid_t pid)
{
	bitmap[pid / 64] |= 1ULL << pid % 64;
}

/* Mark whose parent is marked, until a pass adds none. Pids have no order: they wrap around. */
static void scan(struct descendants *d)
{
	pid_t self = sys_getpid();
	bool more = true;
	size_t i;

	list_processes(d);
	memset(d->marks, 0, MAX_PID / 8);
	while (more) {
		more = false;
		for (i = 0; i < d->n; i++) {
			const struct process *p = &d->list[i];

			if (has(d->marks, p->pid) ||
			    (p->parent != self && !has(d->marks, p->parent)))
				continue;
			put(d->marks, p->pid);
			more = true;
		}
	}
}

/* Signal the process that the scan saw, not one that has got its pid since. */
static void signal_process(struct descendants *d, const struct process *seen, int signal)
{
	struct process now;
	char digits[12];
	char *at = digits + sizeof(digits) - 1;
	pid_t rest = seen->pid;
	int pidfd;

	if (seen->state == 'Z' || seen->state == 'X')
		return;
	pidfd = (int)sys2(SYS_pidfd_open, seen->pid, 0);
	if (pidfd < 0)
		return;
	*at = 0;
	do
		*--at = (char)('0' + rest % 10);
	while ((rest /= 10) != 0);
	if (read_process(d->proc, at, &now) && now.start == seen->start)
		(void)sys4(SYS_pidfd_send_signal, pidfd, signal, 0, 0);
	(void)sys_close(pidfd);
}

void descendants_stop(struct descendants *d)
{
	bool more = true;
	size_t i;

	memset(d->signalled, 0, MAX_PID / 8);
	while (more) {
		more = false;
		scan(d);
		for (i = 0; i < d->n; i++) {
			const struct process *p = &d->list[i];

			if (!has(d->marks, p->pid) || has(d->signalled, p->pid))
				continue;
			signal_process(d, p, SIGSTOP);
			put(d->signalled, p->pid);
			more = true;
		}
	}
}

void descendants_kill(struct descendants *d)
{
	size_t i;

	scan(d);
	for (i = 0; i < d->n; i++)
		if (has(d->marks, d->list[i].pid))
			signal_process(d, &d->list[i], SIGKILL);
}
