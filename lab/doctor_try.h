/* doctor_try.h - one thing a lab needs of the kernel each, tried in a process of its own. */
#ifndef LAB_DOCTOR_TRY_H
#define LAB_DOCTOR_TRY_H

/* Each returns 0 or -errno, and may change the process that calls it beyond repair. */
int try_user_namespace(void);
int try_mapping(void); /* of subordinate ids, by newuidmap */
int try_namespaces(void);
int try_proc(void); /* and sysfs */
int try_tun(void);
int try_overlay(void);
int try_bridge(void);
int try_capture(void);
int try_realtime(void);
int try_locked_memory(void);
int try_socket_buffers(void);

/*
 * Call one of them in a child, silently. Without root each but the last three first makes itself a
 * user namespace with one id in it. Returns what it returned.
 */
int doctor_try(int (*try)(void));

#endif
