/**
 * The plan: a straight list of kernel operations that turns a process into a service. Holds the compiler from spec to
 * plan, the order, the wire format and the texts that people read. Pure: what it knows of the host comes through
 * {@link dev.ostler.plan.HostFacts}.
 */
package dev.ostler.plan;
