/* net_result.c - what libiperf says of a measurement, in our terms. */
#include "bench/load/net_result.h"

#include <errno.h>
#include <string.h>

static double
number_at(const json_t *o, const char *key)
{
	return json_number_value(json_object_get(o, key));
}

static void
copy(json_t *to, const char *key, const json_t *from, const char *from_key)
{
	json_t *v = json_object_get(from, from_key);

	if (json_is_number(v))
		json_object_set(to, key, v);
}

static void
add_tcp(json_t *to, const json_t *end)
{
	const json_t *stream = json_array_get(json_object_get(end, "streams"), 0);
	const json_t *sender = json_object_get(stream, "sender");
	json_t *rtt = json_object();

	copy(to, "retransmits", json_object_get(end, "sum_sent"), "retransmits");
	copy(rtt, "min", sender, "min_rtt");
	copy(rtt, "mean", sender, "mean_rtt");
	copy(rtt, "max", sender, "max_rtt");
	json_object_set_new(to, "rtt_us", rtt);
}

static void
add_udp(json_t *to, const json_t *end)
{
	const json_t *sum = json_object_get(end, "sum");
	double packets = number_at(sum, "packets");

	copy(to, "packets", sum, "packets");
	copy(to, "lost_packets", sum, "lost_packets");
	copy(to, "jitter_ms", sum, "jitter_ms");
	if (packets > 0)
		json_object_set_new(
			to, "lost_ratio", json_real(number_at(sum, "lost_packets") / packets));
}

int
net_result(const char *text, double set_bps, json_t **ret, struct err *e)
{
	json_error_t why;
	json_t *root = json_loads(text, JSON_DISABLE_EOF_CHECK, &why), *o;
	const char *error = json_string_value(json_object_get(root, "error")), *protocol;
	const json_t *end = json_object_get(root, "end");
	const json_t *sent = json_object_get(end, "sum_sent"),
		     *received = json_object_get(end, "sum_received");
	double bps = number_at(received, "bits_per_second");

	if (error != NULL || !json_is_object(sent) || !json_is_object(received)) {
		int rc = error != NULL
			? err_set(e, EIO, "libiperf: %s", error)
			: err_set(e, EBADMSG, "libiperf: %s",
				  root == NULL ? why.text
					       : "it says nothing of what was sent and received");

		json_decref(root);
		return rc;
	}
	protocol = json_string_value(json_object_get(
		json_object_get(json_object_get(root, "start"), "test_start"), "protocol"));
	o = json_pack("{s:s, s:f, s:f, s:f}", "protocol",
		protocol != NULL && strcmp(protocol, "UDP") == 0 ? "udp" : "tcp", "duration_s",
		number_at(received, "seconds"), "sent_bps", number_at(sent, "bits_per_second"),
		"received_bps", bps);
	if (protocol != NULL && strcmp(protocol, "UDP") == 0)
		add_udp(o, end);
	else
		add_tcp(o, end);
	if (set_bps > 0) {
		json_object_set_new(o, "set_bps", json_real(set_bps));
		json_object_set_new(o, "rate_ratio", json_real(bps / set_bps));
	}
	json_decref(root);
	*ret = o;
	return 0;
}
