/**
 * Linux, typed: one class per kernel facility. The raw calls ({@code LibC}) stay inside; what is public checks every result
 * and throws {@link dev.ostler.linux.KernelException}. The only package that imports {@code jnr.*}.
 */
package dev.ostler.linux;
