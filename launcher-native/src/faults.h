/*
 * Faults on purpose, in the binary for tests alone (-DOSTLER_FAULTS). The environment variable
 * OSTLER_FAULT says which:
 * before:N or after:N (SIGKILL of the launching process around op number N), errno:N:E (op N is
 * refused with errno E), stop:N (before op N the launching process waits for SIGCONT); before
 * op N, which comes after PIVOT: mount:N:PATH (one more tmpfs there),
 * umount:N:PATH, writable:N:PATH (no attribute is left of the mount). Where OSTLER_FAULT_OP is set,
 * only in plans that have an op of this code.
 */
#ifndef OSTLER_FAULTS_H
#define OSTLER_FAULTS_H

#include "ops.h"

/* 0, or what refuse() returned. */
int fault_before(struct launch *launch);
int fault_after(struct launch *launch);

#endif
