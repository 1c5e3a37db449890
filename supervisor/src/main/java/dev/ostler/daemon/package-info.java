/** The composition root of the supervisor: the only package that wires the others together. */
package dev.ostler.daemon;
