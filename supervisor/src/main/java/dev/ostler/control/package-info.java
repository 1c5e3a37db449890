/**
 * The control socket: frames between the thin client and the supervisor (launcher-native/README.md, section 4), and who
 * may ask for what.
 */
package dev.ostler.control;
