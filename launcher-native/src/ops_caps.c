/* The five capability sets and securebits. */
#include "ops.h"

#include <linux/capability.h>
#include <sys/prctl.h>

static const char *const cap_names[] = {
	"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL",
	"CAP_SETGID", "CAP_SETUID", "CAP_SETPCAP", "CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE",
	"CAP_NET_BROADCAST", "CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_IPC_LOCK", "CAP_IPC_OWNER",
	"CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT", "CAP_SYS_PTRACE", "CAP_SYS_PACCT",
	"CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_NICE", "CAP_SYS_RESOURCE", "CAP_SYS_TIME",
	"CAP_SYS_TTY_CONFIG", "CAP_MKNOD", "CAP_LEASE", "CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL",
	"CAP_SETFCAP", "CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG", "CAP_WAKE_ALARM",
	"CAP_BLOCK_SUSPEND", "CAP_AUDIT_READ", "CAP_PERFMON", "CAP_BPF", "CAP_CHECKPOINT_RESTORE",
};

enum { KNOWN_CAPS = sizeof(cap_names) / sizeof(cap_names[0]) };

/* Refuse and name the capabilities of the mask; those newer than this table by number. */
static int refuse_caps(struct launch *launch, long nr, const char *call, long error, uint64_t mask)
{
	struct text object = refusal_object(launch);
	const char *start = object.at;
	unsigned int cap;

	for (cap = 0; cap < 64; cap++) {
		if (!(mask >> cap & 1))
			continue;
		text_add_list_item(&object, start,
				   cap < KNOWN_CAPS ? cap_names[cap] : "capability ");
		if (cap >= KNOWN_CAPS)
			text_add_number(&object, cap);
	}
	return refuse(launch, nr, call, error);
}

int op_BOUNDING(struct launch *launch, struct args *args)
{
	uint64_t keep = arg_u64(args);
	unsigned int cap;
	int r;

	for (cap = 0; cap < 64; cap++) {
		r = sys_prctl(PR_CAPBSET_READ, cap, 0);
		if (r == -EINVAL)
			break; /* beyond the last capability that this kernel knows */
		if (r <= 0 || (keep >> cap & 1))
			continue;
		r = sys_prctl(PR_CAPBSET_DROP, cap, 0);
		if (r < 0)
			return refuse_caps(launch, SYS_prctl, "PR_CAPBSET_DROP", r, 1ULL << cap);
	}
	return 0;
}

int op_KEEPCAPS(struct launch *launch, struct args *args)
{
	uint64_t keep = arg_u64(args);
	int r = sys_prctl(PR_SET_KEEPCAPS, keep, 0);

	return r < 0 ? refuse_number(launch, SYS_prctl, "PR_SET_KEEPCAPS", r, "keepcaps", keep) : 0;
}

struct caps {
	uint64_t effective, permitted, inheritable;
};

static int read_caps(struct caps *ret)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2];
	int r = (int)sys2(SYS_capget, &header, data);

	if (r < 0)
		return r;
	ret->effective = data[0].effective | (uint64_t)data[1].effective << 32;
	ret->permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
	ret->inheritable = data[0].inheritable | (uint64_t)data[1].inheritable << 32;
	return 0;
}

static int write_caps(const struct caps *caps)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2];
	int i;

	for (i = 0; i < 2; i++) {
		data[i].effective = (uint32_t)(caps->effective >> 32 * i);
		data[i].permitted = (uint32_t)(caps->permitted >> 32 * i);
		data[i].inheritable = (uint32_t)(caps->inheritable >> 32 * i);
	}
	return (int)sys2(SYS_capset, &header, data);
}

/* What capset would object to first: the most telling of its three rules. */
static uint64_t missing_caps(const struct caps *asked, const struct caps *had)
{
	uint64_t missing = asked->permitted & ~had->permitted;

	if (!missing)
		missing = asked->effective & ~asked->permitted;
	if (!missing)
		missing = asked->inheritable & ~(had->inheritable | had->permitted);
	return missing;
}

int op_CAPSET(struct launch *launch, struct args *args)
{
	struct caps asked, had = { 0 }, now = { 0 };
	int r;

	asked.effective = arg_u64(args);
	asked.permitted = arg_u64(args);
	asked.inheritable = arg_u64(args);
	r = read_caps(&had);
	if (r < 0)
		return refuse_named(launch, SYS_capget, "capget", r, "");
	r = write_caps(&asked);
	if (r < 0)
		return refuse_caps(launch, SYS_capset, "capset", r, missing_caps(&asked, &had));
	r = read_caps(&now);
	if (r < 0 || now.effective != asked.effective || now.permitted != asked.permitted ||
	    now.inheritable != asked.inheritable)
		/* capset cuts off what the kernel does not know */
		return refuse_caps(launch, -1, "capset", -EPERM,
				   (asked.effective ^ now.effective) |
				   (asked.permitted ^ now.permitted) |
				   (asked.inheritable ^ now.inheritable));
	return 0;
}

int op_AMBIENT(struct launch *launch, struct args *args)
{
	uint64_t asked = arg_u64(args);
	int r = sys_prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0);
	unsigned int cap;

	if (r < 0)
		return refuse_named(launch, SYS_prctl, "PR_CAP_AMBIENT", r, "");
	for (cap = 0; cap < 64; cap++) {
		if (!(asked >> cap & 1))
			continue;
		r = sys_prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap);
		if (r < 0)
			return refuse_caps(launch, SYS_prctl, "PR_CAP_AMBIENT_RAISE", r,
					   1ULL << cap);
	}
	return 0;
}

int op_SECUREBITS(struct launch *launch, struct args *args)
{
	uint64_t bits = arg_u64(args);
	int r = sys_prctl(PR_SET_SECUREBITS, bits, 0);

	if (r < 0)
		return refuse_number(launch, SYS_prctl, "PR_SET_SECUREBITS", r, "securebits", bits);
	if (sys_prctl(PR_GET_SECUREBITS, 0, 0) != (int)bits)
		return refuse_number(launch, -1, "PR_GET_SECUREBITS", -EPERM, "securebits", bits);
	return 0;
}
