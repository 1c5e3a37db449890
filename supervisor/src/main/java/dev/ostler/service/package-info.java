/**
 * What a service does next: the state machine of one service, the dependencies between services, backoff, limits and
 * causes. Pure: no clock, no thread, no kernel; time and randomness are arguments. Whoever calls it owns the
 * statuses and carries out the actions.
 */
package dev.ostler.service;
