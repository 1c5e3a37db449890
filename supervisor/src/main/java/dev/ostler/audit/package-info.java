/** What the plan of a service asked for, side by side with what the kernel says of the running service. */
package dev.ostler.audit;
