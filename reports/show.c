/* show.c - figures for people: one way to print a time, a count, a share, and what is missing. */
#include "reports/show.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define MS_MAX	   1e12 /* above, digits mean nothing */
#define THIN_SPACE "\xe2\x80\x89"

static const char *
none(char out[static SHOW_BYTES])
{
	snprintf(out, SHOW_BYTES, "%s", SHOW_NONE);
	return out;
}

/* Three digits of v, whole numbers from 100 on. */
static int
decimals(double v)
{
	return v < 9.995 ? 2 : v < 99.95 ? 1 : 0;
}

const char *
show_ms(double ms, char out[static SHOW_BYTES])
{
	static const struct {
		const char *unit;
		double ms;
	} scales[] = {{"µs", 1e-3}, {"ms", 1}, {"s", 1e3}};
	double v = fabs(ms);
	size_t i = v < 0.9995 ? 0 : v < 999.5 ? 1 : 2;

	if (!isfinite(ms))
		return none(out);
	v /= scales[i].ms;
	if (fabs(ms) > MS_MAX)
		snprintf(out, SHOW_BYTES, "%.3g s", ms / 1e3);
	else if (fabs(ms) < 5e-6)
		snprintf(out, SHOW_BYTES, "0 ms");
	else
		snprintf(out, SHOW_BYTES, "%s%.*f %s", ms < 0 ? "\xe2\x88\x92" : "", decimals(v), v,
			scales[i].unit);
	return out;
}

const char *
show_ms_within(double ms, double accuracy_ms, char out[static SHOW_BYTES])
{
	double step = accuracy_ms > 0 ? pow(10, floor(log10(accuracy_ms) + 1e-9)) : NAN, v;
	bool is_s;
	int most;

	if (!isfinite(ms) || !isfinite(step) || fabs(ms) > MS_MAX)
		return show_ms(ms, out);
	v = fabs(round(ms / step) * step);
	is_s = v >= 999.5;
	if (v < 0.9995)
		return show_ms(v > 0 ? copysign(v, ms) : 0, out);
	if (is_s) {
		v /= 1e3;
		step /= 1e3;
	}
	most = step >= 0.999999 ? 0 : (int)round(-log10(step));
	snprintf(out, SHOW_BYTES, "%s%.*f %s", ms < 0 ? "\xe2\x88\x92" : "",
		decimals(v) < most ? decimals(v) : most, v, is_s ? "s" : "ms");
	return out;
}

const char *
show_ms_about(double ms, char out[static SHOW_BYTES])
{
	double step = ms > 0 ? pow(10, floor(log10(ms) + 1e-9)) : NAN;

	return show_ms_stated(isfinite(step) ? ceil(ms / step - 1e-9) * step : ms, out);
}

const char *
show_rtt(double ms, char out[static SHOW_BYTES])
{
	if (!isfinite(ms))
		return none(out);
	snprintf(out, SHOW_BYTES, "%.1f ms", fabs(ms) > MS_MAX ? MS_MAX : ms);
	return out;
}

const char *
show_ms_stated(double ms, char out[static SHOW_BYTES])
{
	if (!isfinite(ms))
		return none(out);
	if (fabs(ms) >= 1000.0)
		snprintf(out, SHOW_BYTES, "%g s", ms / 1e3);
	else if (fabs(ms) >= 1.0 || ms == 0)
		snprintf(out, SHOW_BYTES, "%g ms", ms);
	else
		snprintf(out, SHOW_BYTES, "%g µs", ms * 1e3);
	return out;
}

const char *
show_count(double n, char out[static SHOW_BYTES])
{
	char digits[32];
	size_t len, used = 0;

	if (!isfinite(n))
		return none(out);
	if (fabs(n) >= 1000)
		n = round(n);
	if (fabs(n) >= 1e12 || n < 0 || n != floor(n)) {
		snprintf(out, SHOW_BYTES, "%.4g", n);
		return out;
	}
	len = (size_t)snprintf(digits, sizeof(digits), "%.0f", n);
	for (size_t i = 0; i < len; i++) {
		if (i > 0 && len > 4 && (len - i) % 3 == 0) {
			memcpy(out + used, THIN_SPACE, 3);
			used += 3;
		}
		out[used++] = digits[i];
	}
	out[used] = '\0';
	return out;
}

const char *
show_share(double ratio, char out[static SHOW_BYTES])
{
	double percent = ratio * 100.0;

	if (!isfinite(ratio))
		return none(out);
	if (percent > 99.9 && percent < 100)
		snprintf(out, SHOW_BYTES, "> 99.9 %%");
	else if (percent >= 99.5 && percent < 100)
		snprintf(out, SHOW_BYTES, "%.1f %%", percent);
	else if (percent == 0 || fabs(percent) >= 9.95 || percent == round(percent))
		snprintf(out, SHOW_BYTES, "%.0f %%", percent);
	else
		snprintf(out, SHOW_BYTES, "%.*f %%", fabs(percent) < 0.1 ? 2 : 1, percent);
	return out;
}

static double
scale_to_ms(const char *unit)
{
	static const struct {
		const char *unit;
		double ms;
	} times[] = {{"ns", 1e-6}, {"us", 1e-3}, {"ms", 1.0}, {"s", 1e3}};

	for (size_t i = 0; unit != NULL && i < sizeof(times) / sizeof(times[0]); i++)
		if (strcmp(unit, times[i].unit) == 0)
			return times[i].ms;
	return 0;
}

const char *
show_value(double value, const char *unit, char out[static SHOW_BYTES])
{
	char number[SHOW_BYTES];
	double ms = scale_to_ms(unit);

	if (!isfinite(value))
		return none(out);
	if (ms > 0)
		return show_ms(value * ms, out);
	if (unit != NULL && strcmp(unit, "ratio") == 0)
		return show_share(value, out);
	show_count(value, number);
	if (unit == NULL || unit[0] == '\0' || strcmp(unit, "count") == 0)
		snprintf(out, SHOW_BYTES, "%s", number);
	else
		snprintf(out, SHOW_BYTES, "%.28s %.16s", number,
			strcmp(unit, "qps") == 0 ? "q/s" : unit);
	if (value == 1 && unit != NULL && strlen(unit) < 16 && strlen(unit) > 2 &&
		unit[strlen(unit) - 1] == 's')
		out[strlen(out) - 1] = '\0';
	return out;
}

const char *
show_stated(double value, const char *unit, char out[static SHOW_BYTES])
{
	double ms = scale_to_ms(unit);

	return ms > 0 ? show_ms_stated(value * ms, out) : show_value(value, unit, out);
}

const char *
show_against(double value, double target, const char *unit, char out[static SHOW_BYTES])
{
	char other[SHOW_BYTES];
	double ms = scale_to_ms(unit);

	show_value(value, unit, out);
	if (!isfinite(value) || !isfinite(target) || value == target || ms == 0)
		return out;
	if (strcmp(out, show_value(target, unit, other)) == 0)
		snprintf(out, SHOW_BYTES, "%.*f s", fabs(value - target) * ms < 1 ? 6 : 3,
			value * ms / 1e3);
	return out;
}
