/* What the guard outside and the init inside of a pid namespace have in common. */
#ifndef OSTLER_GUARD_H
#define OSTLER_GUARD_H

#include "launch.h"
#include "reap.h"

/* Close every descriptor but these; -1 for none. */
void close_all_but(int a, int b, int c);

/* Give up all capabilities but this one, which may not have been there. */
void keep_one_capability(unsigned int capability);

/* Send one message on a status channel; attached: a descriptor to go with it, or -1. */
void guard_send(int status_fd, const struct guard_message *message, int attached);

/*
 * The keeper asks that another child be the main process: done when there is such a child. It is
 * answered. Only when the channel is readable.
 */
void guard_follow(int status_fd, pid_t *main);

/* The message that tells the end of the main process. */
struct guard_message guard_exit_message(const struct reaped *reaped);

#endif
