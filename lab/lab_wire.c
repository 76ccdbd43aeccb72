/* lab_wire.c - the link emulator's figures and changes as a whole, put together from its pages. */
#include "lab/lab.h"

#include <errno.h>

int
lab_wire_stats(struct lab *lab, bool reset, json_t **ret, struct err *e)
{
	json_t *all = NULL, *page, *next;
	json_int_t from = 0;

	for (;;) {
		int rc = lab_wire(lab,
			json_pack("{s:s, s:I, s:b}", "op", "stats", "from", from, "reset", reset),
			&page, NULL, e);

		if (rc < 0) {
			json_decref(all);
			return rc;
		}
		next = json_object_get(page, "next");
		from = json_integer_value(next);
		if (all == NULL)
			all = json_incref(page);
		else
			json_object_update(
				json_object_get(all, "links"), json_object_get(page, "links"));
		json_decref(page);
		if (next == NULL)
			break;
		json_object_del(all, "next");
	}
	if (ret != NULL)
		*ret = all;
	else
		json_decref(all);
	return 0;
}

int
lab_wire_changes(struct lab *lab, uint64_t since, json_t **ret, uint64_t *ret_next, struct err *e)
{
	json_t *all = json_array(), *page;
	json_int_t next = (json_int_t)since;
	bool more = true;

	while (more) {
		int rc = lab_wire(lab, json_pack("{s:s, s:I}", "op", "changes", "since", next),
			&page, NULL, e);

		if (rc < 0) {
			json_decref(all);
			return rc;
		}
		json_array_extend(all, json_object_get(page, "changes"));
		next = json_integer_value(json_object_get(page, "next"));
		more = json_is_true(json_object_get(page, "more"));
		json_decref(page);
	}
	*ret = all;
	if (ret_next != NULL)
		*ret_next = (uint64_t)next;
	return 0;
}
