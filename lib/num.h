/* num.h - the one place where numbers with units enter: "300ms", "5kqps", "1MiB", "2%". */
#ifndef LIB_NUM_H
#define LIB_NUM_H

#include <stdint.h>

/*
 * Each reads the whole of `text` (no blanks, no rest) and writes only on success.
 *
 *      duration        ns us ms s min h; a bare "0" is allowed, any other bare number is not
 *      qps             plain or k/M, with or without "qps": "10", "5k", "5kqps"
 *      bps             bit/s, k/M/G with or without "bit": "10M", "1Gbit", "10mbit"
 *      bytes           plain, kB/MB/GB (1000), KiB/MiB/GiB (1024)
 *      ratio           "0.3" or "30%", 0 to 1
 *      u64             decimal digits
 *
 * Durations and ratios may have a decimal fraction. Returns 0, -EINVAL (not such a number),
 * -ERANGE (does not fit or is out of the range asked for).
 */
int num_duration_ns(const char *text, int64_t *ret_ns);
int num_qps(const char *text, double *ret_qps);
int num_bps(const char *text, uint64_t *ret_bps);
int num_bytes(const char *text, uint64_t *ret_bytes);
int num_ratio(const char *text, double *ret_ratio);
int num_u64(const char *text, uint64_t min, uint64_t max, uint64_t *ret);
int num_double(const char *text, double min, double max, double *ret);

/* A duration for people: "3.65 s", "120 ms", "85 µs". Writes at most 24 bytes. */
const char *num_show_ns(int64_t ns, char out[static 24]);

#endif
