/** Value types that every other package shares. Imports nothing of Ostler. */
package dev.ostler.base;
