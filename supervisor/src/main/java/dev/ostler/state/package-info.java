/** What must survive the supervisor: a memfd that the keeper holds, with one record a service. */
package dev.ostler.state;
