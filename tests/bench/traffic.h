/* traffic.h - captures to measure readers with: made of a seed, so that the same one can be had anywhere. */
#ifndef TESTS_BENCH_TRAFFIC_H
#define TESTS_BENCH_TRAFFIC_H

#include <stdint.h>
#include <stdio.h>

/*
 * Write a pcap file (Ethernet, nanoseconds) of `packets` packets, in order of time.
 *
 * DNS: 50,000 queries/s of 5,000 clients to three anycast services in IPv4 and IPv6, seven sites;
 * unique and popular names, letters of mixed case, EDNS, DO and NSID, lost answers, the same query
 * again, duplicates, late and refused answers, truncated ones asked again over TCP, ICMP errors.
 *
 * BGP: 48 sessions in IPv4 and IPv6 that come up and then tell each other of routes: one to some
 * hundred prefixes an UPDATE, communities, withdrawals, KEEPALIVEs; segments of up to 1,448 bytes that
 * do not care where a message ends, some of them lost and sent again, some out of order; an ACK of its
 * own for every other one.
 */
void traffic_dns(FILE *to, uint64_t packets, uint64_t seed);
void traffic_bgp(FILE *to, uint64_t packets, uint64_t seed);

#endif
