/**
 * Integration tests of the whole product: the installation in target/ostler, real processes, the real kernel. {@link
 * dev.ostler.it.OstlerProject} is the way in.
 */
package dev.ostler.it;
