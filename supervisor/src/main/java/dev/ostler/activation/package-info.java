/** What services are given when they start, and what starts them. */
package dev.ostler.activation;
