/* atlas.c - one result of a RIPE Atlas DNS measurement, whatever firmware wrote it. */
#include "probes/import/atlas.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/dns.h"
#include "probes/import/base64.h"

enum { MESSAGE_BYTES = 65535, RESULTSET_MAX = 256, RTT_MAX_MS = 600000 };

static int
read_number(const json_t *o, const char *key, double min, double max, double *ret, struct err *e)
{
	const json_t *v = json_object_get(o, key);

	if (v == NULL)
		return err_set(e, EBADMSG, "%s: missing", key);
	if (!json_is_number(v))
		return err_set(e, EBADMSG, "%s: not a number", key);
	if (!(json_number_value(v) >= min && json_number_value(v) <= max))
		return err_set(e, EBADMSG, "%s: %g is out of range", key, json_number_value(v));
	*ret = json_number_value(v);
	return 0;
}

/* The first of the keys that is there as text, NULL if none is. */
static const char *
read_text(const json_t *o, const char *key, const char *old_key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text != NULL || old_key == NULL ? text
					       : json_string_value(json_object_get(o, old_key));
}

/* An address that is absent or "" leaves `ret` as it is; a zone ("%eth0") is cut off. */
static int
read_address(const json_t *o, const char *key, const char *old_key, struct inet *ret, struct err *e)
{
	const char *text = read_text(o, key, old_key);
	char plain[INET_TEXT_BYTES];
	struct inet a;

	if (text == NULL || text[0] == '\0')
		return 0;
	snprintf(plain, sizeof(plain), "%.*s", (int)strcspn(text, "%"), text);
	if (strchr(plain, '/') != NULL || inet_parse(plain, &a) < 0)
		return err_set(e, EBADMSG, "%s: '%.40s' is not an address", key, text);
	*ret = a;
	return 0;
}

static int
read_family(const json_t *o, struct atlas_answer *a, struct err *e)
{
	const json_t *v = json_object_get(o, "af");

	if (v == NULL)
		v = json_object_get(o, "pf");
	if (v != NULL && json_integer_value(v) != 4 && json_integer_value(v) != 6)
		return err_set(e, EBADMSG, "af: neither 4 nor 6");
	if (v != NULL)
		a->family = json_integer_value(v) == 4 ? AF_INET : AF_INET6;
	else if (a->target.family != 0)
		a->family = a->target.family;
	else if (a->family == 0)
		a->family = a->source.family != 0 ? a->source.family : a->from.family;
	if (a->family == 0)
		return err_set(e, EBADMSG, "af: missing");
	if (a->target.family != 0 && a->target.family != a->family)
		return err_set(e, EBADMSG, "dst_addr: not of the family that af says");
	if (a->source.family != a->family)
		a->source = (struct inet){0};
	return 0;
}

static void
name_site(struct atlas_answer *a, enum atlas_named_by by, const void *bytes, size_t len_bytes)
{
	size_t room = sizeof(a->site) - a->site_len_bytes;

	if (len_bytes > room)
		len_bytes = room;
	if (len_bytes == 0)
		return;
	memcpy(a->site + a->site_len_bytes, bytes, len_bytes);
	a->site_len_bytes += len_bytes;
	a->named_by = by;
}

/* Servers tell who they are under these names, in class CHAOS (RFC 4892). */
static bool
asks_for_site(const char *qname)
{
	size_t len = strlen(qname);

	len -= len > 0 && qname[len - 1] == '.';
	return (len == 9 && strncasecmp(qname, "id.server", len) == 0) ||
		(len == 13 && strncasecmp(qname, "hostname.bind", len) == 0);
}

static void
read_message(struct atlas_answer *a, const uint8_t *wire, size_t len_bytes)
{
	struct dns_msg msg;
	bool whole = dns_read(wire, len_bytes, &msg) == 0;

	if (!whole && dns_read_question(wire, len_bytes, &msg) < 0) {
		a->malformed = true;
		a->status = ANSWERS_WRONG_DATA;
		return;
	}
	a->rcode = (uint8_t)(msg.rcode < ANSWERS_RCODE_NONE ? msg.rcode : ANSWERS_RCODE_NONE - 1);
	if (whole && msg.nsid != NULL)
		name_site(a, ATLAS_BY_NSID, msg.nsid, msg.nsid_len_bytes);
	if (whole && a->named_by == ATLAS_UNNAMED && msg.txt != NULL &&
		msg.qclass == DNS_CLASS_CHAOS && asks_for_site(msg.qname)) {
		for (size_t at = 0; at < msg.txt_len_bytes; at += (size_t)msg.txt[at] + 1) {
			size_t left = msg.txt_len_bytes - at - 1;

			name_site(a, ATLAS_BY_CHAOS, msg.txt + at + 1,
				msg.txt[at] < left ? msg.txt[at] : left);
		}
	}
	a->malformed = (msg.flags & DNS_QR) == 0 || (!whole && (msg.flags & DNS_TC) == 0);
	if (a->malformed)
		a->status = ANSWERS_WRONG_DATA;
	else if (msg.rcode != DNS_NOERROR)
		a->status = ANSWERS_WRONG_RCODE;
	else if ((msg.flags & DNS_TC) != 0)
		a->status = ANSWERS_TRUNCATED;
	else
		a->status = a->named_by == ATLAS_UNNAMED ? ANSWERS_NO_NSID : ANSWERS_GOOD;
}

/* Without the message there is still what the probe itself read out of it: only TXT and SOA. */
static void
read_answers(struct atlas_answer *a, const json_t *list)
{
	const json_t *record, *rdata;
	size_t i, j;

	a->status = ANSWERS_NO_NSID;
	json_array_foreach(list, i, record)
	{
		const char *name = read_text(record, "NAME", NULL);

		rdata = json_object_get(record, "RDATA");
		if (name == NULL || !asks_for_site(name) || a->named_by != ATLAS_UNNAMED)
			continue;
		if (json_is_string(rdata))
			name_site(a, ATLAS_BY_CHAOS, json_string_value(rdata),
				json_string_length(rdata));
		for (j = 0; j < json_array_size(rdata); j++)
			name_site(a, ATLAS_BY_CHAOS, json_string_value(json_array_get(rdata, j)),
				json_string_length(json_array_get(rdata, j)));
		if (a->named_by != ATLAS_UNNAMED)
			a->status = ANSWERS_GOOD;
	}
}

static int
read_result(struct atlas_answer *a, const json_t *result, struct err *e)
{
	static uint8_t wire[MESSAGE_BYTES];
	const json_t *abuf = json_object_get(result, "abuf");
	double rt_ms;
	size_t len_bytes;
	int rc;

	if (!json_is_object(result))
		return err_set(e, EBADMSG, "result: not an object");
	rc = read_number(result, "rt", 0, RTT_MAX_MS, &rt_ms, e);
	if (rc < 0)
		return rc;
	a->rtt_ns = llround(rt_ms * 1e6);
	if (json_is_string(abuf) && json_string_length(abuf) > 0) {
		if (base64_read(json_string_value(abuf), json_string_length(abuf), wire,
			    sizeof(wire), &len_bytes) < 0)
			return err_set(e, EBADMSG, "abuf: not base64 of a DNS message");
		read_message(a, wire, len_bytes);
	} else {
		read_answers(a, json_object_get(result, "answers"));
	}
	return 0;
}

/*
 * What the firmware tells of a query that came to nothing. Connecting over TCP fails when the host
 * says no, or when nobody does; most others mean that nothing was sent at all.
 */
static void
read_error(struct atlas_answer *a, const json_t *error)
{
	static const struct {
		const char *key;
		enum answers_status status;
	} known[] = {{"timeout", ANSWERS_UNANSWERED}, {"TU_READ_ERR", ANSWERS_UNANSWERED},
		{"TCPREAD", ANSWERS_UNANSWERED}, {"TCPREADSIZE", ANSWERS_WRONG_DATA},
		{"idmismatch", ANSWERS_WRONG_DATA}, {"TUCONNECT", ANSWERS_UNREACHABLE},
		{"TU_OUT_OF_ADDRESS", ANSWERS_UNREACHABLE}};
	const char *key = json_object_iter_key(
		json_object_iter((json_t *)(uintptr_t)error)); /* it changes nothing */

	a->status = ANSWERS_SEND_FAILED;
	snprintf(a->error, sizeof(a->error), "%s", key != NULL ? key : "unnamed");
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (json_object_get(error, known[i].key) != NULL) {
			snprintf(a->error, sizeof(a->error), "%s", known[i].key);
			a->status = known[i].status;
			break;
		}
	for (char *p = a->error; *p != '\0'; p++) /* it is printed */
		if (*p <= ' ' || *p >= 0x7f)
			*p = '?';
}

/* What a result and an entry of a resultset have alike. `a` has the result's own already. */
static int
read_one(const json_t *o, const char *time_key, struct atlas_answer *a, struct err *e)
{
	const char *proto = read_text(o, "proto", NULL);
	const json_t *result = json_object_get(o, "result"), *error = json_object_get(o, "error");
	double seconds;
	int rc;

	rc = read_number(o, time_key, 1, UINT32_MAX, &seconds, e); /* in ns it fits 64 bits */
	if (rc < 0)
		return rc;
	a->sent.ns = llround(seconds) * NS_PER_S;
	if (proto != NULL && strcasecmp(proto, "UDP") != 0 && strcasecmp(proto, "TCP") != 0)
		return err_set(e, EBADMSG, "proto: '%.10s' is neither UDP nor TCP", proto);
	if (proto != NULL)
		a->tcp = strcasecmp(proto, "TCP") == 0;
	if ((rc = read_address(o, "dst_addr", "address", &a->target, e)) < 0 ||
		(rc = read_address(o, "src_addr", "srcaddr", &a->source, e)) < 0 ||
		(rc = read_family(o, a, e)) < 0)
		return rc;
	a->rtt_ns = -1;
	a->rcode = ANSWERS_RCODE_NONE;
	if (result != NULL)
		return read_result(a, result, e);
	if (!json_is_object(error))
		return err_set(e, EBADMSG, "neither result nor error nor resultset");
	read_error(a, error);
	return 0;
}

static int
read_head(const json_t *o, struct atlas_answer *a, struct err *e)
{
	const char *type = read_text(o, "type", NULL), *country;
	double number;
	int rc;

	if (!json_is_object(o))
		return err_set(e, EBADMSG, "not an object");
	if (type != NULL && strcmp(type, "dns") != 0)
		return err_set(e, EBADMSG, "type: a result of '%.20s', not of dns", type);
	rc = read_number(o, "prb_id", 1, 1e12, &number, e);
	if (rc < 0)
		return rc;
	a->probe = (int64_t)number;
	rc = read_number(o, "msm_id", 0, 1e15, &number, e);
	if (rc < 0)
		return rc;
	a->measurement = (int64_t)number;
	a->clock_unsure = json_is_integer(json_object_get(o, "lts")) &&
		json_integer_value(json_object_get(o, "lts")) < 0;
	country = read_text(o, "country_code", NULL);
	if (country != NULL && strlen(country) == 2 && country[0] > ' ' && country[0] < 0x7f &&
		country[1] > ' ' && country[1] < 0x7f)
		memcpy(a->country, country, 3);
	return read_address(o, "from", NULL, &a->from, e);
}

/* Atlas itself does not tell it; those who publish results often add it. */
static void
read_asn(const json_t *o, struct atlas_answer *a)
{
	double number;

	if (read_number(o, a->family == AF_INET6 ? "asn_v6" : "asn_v4", 0, UINT32_MAX, &number,
		    NULL) == 0)
		a->asn = (uint32_t)number;
}

static int
read_set(const json_t *result, const struct atlas_answer *head, atlas_take take, void *context,
	struct err *e)
{
	const json_t *list = json_object_get(result, "resultset"), *entry;
	struct err why = {0};
	size_t i;
	int rc;

	json_array_foreach(list, i, entry)
	{
		struct atlas_answer a = *head;
		const json_t *subid = json_object_get(entry, "subid");

		a.subid = (uint16_t)(json_is_integer(subid) ? json_integer_value(subid)
							    : (json_int_t)i + 1);
		rc = read_one(entry, "time", &a, &why);
		if (rc < 0)
			return err_set(e, -rc, "resultset[%zu]: %s", i, why.text);
		read_asn(result, &a);
		rc = take == NULL ? 0 : take(context, &a, e);
		if (rc < 0)
			return rc;
	}
	return 0;
}

int
atlas_read(const json_t *result, atlas_take take, void *context, struct err *e)
{
	const json_t *set = json_object_get(result, "resultset");
	struct atlas_answer a = {0};
	int rc = read_head(result, &a, e);

	if (rc < 0)
		return rc;
	if (set == NULL) {
		rc = read_one(result, "timestamp", &a, e);
		read_asn(result, &a);
		return rc < 0 ? rc : take(context, &a, e);
	}
	if (json_array_size(set) == 0 || json_array_size(set) > RESULTSET_MAX)
		return err_set(e, EBADMSG, "resultset: not a list of 1 to %d", RESULTSET_MAX);
	/* once to see whether all are good, once to hand them out */
	rc = read_set(result, &a, NULL, NULL, e);
	return rc < 0 ? rc : read_set(result, &a, take, context, e);
}
