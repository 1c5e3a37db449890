/* What the parts of sandbox-probe share: see sandbox.c. */
#ifndef PROBE_H
#define PROBE_H

/*
 * run returns what the kernel did: -1 with errno for a refusal, 0 for "ok", or what say() returns. It is made in a
 * process of its own. needs names the argument without which there is nothing to try, or is NULL.
 */
struct probe {
	const char *name;
	long (*run)(void);
	const char *needs;
};

/* Each ends with a row without a name. */
extern const struct probe descriptor_probes[], mount_probes[], right_probes[], call_probes[], memory_probes[],
	network_probes[], process_probes[], limit_probes[];

/* The answer in words. */
__attribute__((format(printf, 1, 2))) long say(const char *format, ...);

/* The value of an argument NAME=VALUE, or NULL. */
const char *given(const char *name);
long given_number(const char *name);

/* The exit code of a mode that tries nothing, or NOT_OUTSIDE. */
enum { NOT_OUTSIDE = -1 };
int be_outside(char **arguments);

/* User ids and effective capabilities of this process, for comparison. */
void who_am_i(char *text, unsigned long size);

#endif
