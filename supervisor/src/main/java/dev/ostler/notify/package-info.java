/** What services tell of themselves: the messages of sd_notify(3). */
package dev.ostler.notify;
