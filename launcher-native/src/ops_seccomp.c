/* The filter of system calls. */
#include "ops.h"

#include <linux/filter.h>
#include <linux/seccomp.h>

/*
 * An instruction of the plan, a little-endian number, lies in memory as struct sock_filter does;
 * the kernel copies the program, so it need not be aligned. Nothing is read back: the call that
 * asks might be one that the filter kills for.
 */
int op_SECCOMP(struct launch *launch, struct args *args)
{
	uint64_t flags = arg_u64(args);
	uint32_t count = arg_count(args);
	struct sock_fprog program = { (unsigned short)count, (struct sock_filter *)args->at };
	struct text object;
	long r = launch_ready(launch);

	_Static_assert(sizeof(struct sock_filter) == 8, "one number an instruction");
	_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "numbers are instructions");
	if (r < 0)
		return (int)r;
	r = sys3(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags & ~SECCOMP_QUIET, &program);
	if (r >= 0) {
		launch->quiet = flags & SECCOMP_QUIET;
		return 0;
	}
	object = refusal_object(launch);
	text_add(&object, "filter of ");
	text_add_number(&object, count);
	text_add(&object, " instructions");
	return refuse(launch, SYS_seccomp, "seccomp", r);
}
