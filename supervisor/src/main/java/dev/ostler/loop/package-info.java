/** One thread that waits for everything at once: descriptors, deadlines, and commands of other threads. */
package dev.ostler.loop;
