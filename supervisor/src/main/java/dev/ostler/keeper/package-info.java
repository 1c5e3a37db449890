/**
 * The supervisor's side of the keeper protocol (launcher-native/README.md, section 3): codec, requests with replies,
 * events in order.
 */
package dev.ostler.keeper;
