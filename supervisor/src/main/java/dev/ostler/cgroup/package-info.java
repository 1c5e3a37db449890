/** The cgroup v2 of each run, where Ostler may make one: everything in it can be found, counted and killed at once. */
package dev.ostler.cgroup;
