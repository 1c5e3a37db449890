/** What can be asked: immutable records, made by the YAML reader, read by the plan compiler and the state machine. */
package dev.ostler.spec;
