/* The session keyring. */
#include "ops.h"

#include <linux/keyctl.h>

/*
 * A new one without a name, which nobody else can join. It belongs to the user of this moment; the
 * keys of the keeper's session are out of reach from here on.
 */
int op_KEYRING(struct launch *launch, struct args *args)
{
	long before = sys3(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0);
	long r = sys2(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, 0);

	(void)args;
	if (r < 0)
		return refuse_named(launch, SYS_keyctl, "keyctl", r, "join session keyring");
	if (r == before)
		return refuse_named(launch, -1, "keyctl", -EEXIST, "join session keyring");
	return 0;
}
