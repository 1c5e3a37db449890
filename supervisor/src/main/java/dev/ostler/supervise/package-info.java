/**
 * Joins everything: the state machine decides, this package does. One {@link dev.ostler.supervise.Supervisor} owns all
 * services of a project; all of it belongs to the loop thread.
 */
package dev.ostler.supervise;
