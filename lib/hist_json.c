/* hist_json.c - a histogram's summary as the stats files carry it. */
#include "lib/hist_json.h"

static double
us(int64_t ns)
{
	return (double)ns / 1000.0;
}

json_t *
hist_json_us(const struct hist *h)
{
	return json_pack("{s:I, s:f, s:f, s:f, s:f}", "n", (json_int_t)h->count, "p50",
		us(hist_quantile_ns(h, 0.5)), "p99", us(hist_quantile_ns(h, 0.99)), "p999",
		us(hist_quantile_ns(h, 0.999)), "max", us(h->max_ns));
}
