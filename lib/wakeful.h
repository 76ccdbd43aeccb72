/*
 * wakeful.h - keep idle processors from sleeping deeply while something is measured.
 *
 * What waits for a packet or a timer is woken late by the time its processor takes to leave its idle
 * state: some 50 us on a virtual machine, for each link that a packet crosses. The kernel's quality
 * of service interface forbids states that take longer than a given time to leave, as long as a file
 * is held open; whoever dies lets go of it. Idle processors then poll: it costs power, no work.
 *
 * Source: Linux Documentation/power/pm_qos_interface.rst, cpuidle's governors (menu, ladder, haltpoll).
 */
#ifndef LIB_WAKEFUL_H
#define LIB_WAKEFUL_H

/*
 * From now on until wakeful_end() processors are to wake at once. Returns a file descriptor, or -errno
 * where that is not allowed (-EACCES: root only) or not there (-ENOENT, -ENXIO); measuring goes on without.
 */
int wakeful_begin(void);

/* A negative descriptor is fine. */
void wakeful_end(int fd);

#endif
