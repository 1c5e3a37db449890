/**
 * From the calls that a configuration allows and denies to the program that the kernel runs before each system call. Pure
 * but for the last step, which libseccomp does.
 */
package dev.ostler.plan.filter;
