/**
 * The command line: the tree of commands with their help, the ones that work in the caller's own process, and the
 * parsing of those that the running supervisor answers.
 */
package dev.ostler.cli;
