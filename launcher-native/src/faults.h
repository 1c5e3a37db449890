/*
 * Faults on purpose, in the binary for tests alone (-DOSTLER_FAULTS). The environment variable
 * OSTLER_FAULT says which:
 * before:N or after:N (SIGKILL of the launching process around op number N), errno:N:E (op N is
 * refused with errno E).
 */
#ifndef OSTLER_FAULTS_H
#define OSTLER_FAULTS_H

#include "ops.h"

/* 0, or what refuse() returned. */
int fault_before(struct launch *launch);
int fault_after(struct launch *launch);

#endif
