/*
 * ask.h - ask a daemon inside a node, through its own socket: is it there, and how are its sessions.
 *
 * A node's files are reached through /proc/PID/root, where PID is the node's PID 1. Nothing here
 * waits longer than its deadline, so a hung daemon costs milliseconds, not the asker.
 */
#ifndef LAB_ASK_H
#define LAB_ASK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/err.h"

enum { ASK_TIMEOUT_MS = 500 };

/*
 * One command on the socket of an FRR daemon.
 *
 *      init_pid        PID 1 of the node
 *      socket          path inside the node, "/run/frr/bgpd.vty"
 *      command         "show bgp summary json"
 *      ret_text        out; free() it
 *
 * Returns 0, -ENOENT / -ECONNREFUSED (no daemon there), -ETIMEDOUT, -EREMOTEIO (it refused).
 */
int ask_frr(
	pid_t init_pid, const char *socket, const char *command, char **ret_text, struct err *e);

/* The same for BIRD's control socket; the reply codes stay in the text. */
int ask_bird(
	pid_t init_pid, const char *socket, const char *command, char **ret_text, struct err *e);

/*
 * A program in the node's namespaces, to its end, killed after `timeout_ms`.
 *
 *      ret_text        out: its stdout and stderr; free() it; NULL if not wanted
 *
 * Returns its exit status (0 to 255; 128 + n for a signal), or -errno.
 */
int ask_program(pid_t init_pid, char *const argv[], int timeout_ms, char **ret_text, struct err *e);

struct ask_session {
	char peer[64];	/* address, or BIRD's protocol name */
	char state[32]; /* "Established", "Active", ... */
	bool established;
};

/* Read what a daemon said about its BGP sessions. Return 0 with the array to free(), or -EBADMSG. */
int ask_parse_frr(const char *json, struct ask_session **ret, size_t *ret_len);
int ask_parse_bird(const char *text, struct ask_session **ret, size_t *ret_len);
int ask_parse_openbgpd(const char *json, struct ask_session **ret, size_t *ret_len);

/* keepalived's dump of itself, asked by signal: 0 and the VRRP state, or -EAGAIN (not yet). */
int ask_keepalived(pid_t init_pid, pid_t keepalived_pid, char state[static 32], struct err *e);

#endif
