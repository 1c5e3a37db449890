package dev.ostler.linux;

/** The five capability sets of a thread, capabilities(7); bit n is capability n. */
public record CapabilitySets(long effective, long permitted, long inheritable, long bounding, long ambient) {}
