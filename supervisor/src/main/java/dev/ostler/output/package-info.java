/**
 * What services print: pipes drained by one log thread, lines stamped into files with rotation, followers and the
 * console fed. Nothing here runs on the loop thread but the hand-over of commands.
 */
package dev.ostler.output;
