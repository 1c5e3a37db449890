/* Tries to get rights back; tells of each way whether it was refused, and what capabilities there are. */
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static void say(const char *what, long result)
{
	printf("%s %s\n", what, result < 0 && errno == EPERM ? "refused" : "GAINED");
}

int main(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct all[2] = { { ~0U, ~0U, ~0U }, { ~0U, ~0U, ~0U } };
	gid_t group = 0;
	char line[256];
	FILE *status;

	say("setuid", setuid(0));
	say("setgroups", setgroups(1, &group));
	say("capset", syscall(SYS_capset, &header, all));
	say("ambient", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_SYS_ADMIN, 0, 0));
	say("securebits", prctl(PR_SET_SECUREBITS, SECBIT_KEEP_CAPS_LOCKED | SECBIT_NOROOT, 0, 0, 0));
	say("bounding", prctl(PR_CAPBSET_DROP, CAP_SYS_ADMIN, 0, 0, 0));
	status = fopen("/proc/self/status", "r");
	while (status && fgets(line, sizeof(line), status))
		if (strncmp(line, "Cap", 3) == 0 && strncmp(line, "CapBnd", 6) != 0)
			fputs(line, stdout);
	return 0;
}
