/** What a HotSpot JVM says about itself. */
package dev.ostler.jvm;
