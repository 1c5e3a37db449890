/** Probes: asking a service, over the network, whether it is ready. */
package dev.ostler.probe;
