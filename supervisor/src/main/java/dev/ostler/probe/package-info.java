/** Probes: asking a service, again and again, whether it is ready and whether it is healthy. */
package dev.ostler.probe;
