/* kinds.h - the kinds of load, for the table in cmd_load.c. */
#ifndef BENCH_LOAD_KINDS_H
#define BENCH_LOAD_KINDS_H

/* Each takes argv[0] = "catchment load KIND" and returns an exit code of lib/command.h. */
int load_dns(int argc, char *argv[]);
int load_bgp(int argc, char *argv[]);
int load_flood(int argc, char *argv[]);
int load_net(int argc, char *argv[]);

#endif
