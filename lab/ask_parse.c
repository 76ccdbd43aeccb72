/* ask_parse.c - what FRR, BIRD and OpenBGPD say about their BGP sessions, in one shape. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/ask.h"

static int
add(struct ask_session **list, size_t *len, const char *peer, const char *state)
{
	struct ask_session *grown = realloc(*list, (*len + 1) * sizeof(*grown));

	if (grown == NULL)
		return -ENOMEM;
	*list = grown;
	grown += (*len)++;
	snprintf(grown->peer, sizeof(grown->peer), "%s", peer);
	snprintf(grown->state, sizeof(grown->state), "%s", state);
	grown->established = strcmp(state, "Established") == 0;
	return 0;
}

/* {"ipv4Unicast": {"peers": {"198.51.100.1": {"state": "Established", ...}}}, "ipv6Unicast": ...} */
int
ask_parse_frr(const char *json, struct ask_session **ret, size_t *ret_len)
{
	json_t *root = json_loads(json, 0, NULL), *family, *peer;
	struct ask_session *list = NULL;
	const char *family_name, *address;
	size_t len = 0;

	if (!json_is_object(root)) {
		json_decref(root);
		return -EBADMSG;
	}
	json_object_foreach(root, family_name, family)
	{
		json_object_foreach(json_object_get(family, "peers"), address, peer)
		{
			const char *state = json_string_value(json_object_get(peer, "state"));

			add(&list, &len, address, state ? state : "?");
		}
	}
	json_decref(root);
	*ret = list;
	*ret_len = len;
	return 0;
}

/*
 * " a_tyo4    BGP        ---        up     10:15:00.123  Established   "
 * One that only waits to be called ("Passive") is told of by who should call: a node's own end, or nobody, where it is
 * there for a generator that comes and goes.
 */
int
ask_parse_bird(const char *text, struct ask_session **ret, size_t *ret_len)
{
	struct ask_session *list = NULL;
	size_t len = 0;

	if (strstr(text, "1002-") == NULL && strncmp(text, "0000", 4) != 0)
		return -EBADMSG;
	for (const char *line = text; *line != '\0';) {
		size_t n = strcspn(line, "\n");
		char name[64], proto[32], table[32], state[32], since[32], info[32] = "";
		char row[512];

		snprintf(row, sizeof(row), "%.*s", (int)(n > 511 ? 511 : n), line);
		if (sscanf(strncmp(row, "1002-", 5) == 0 ? row + 5 : row,
			    " %63s %31s %31s %31s %31s %31s", name, proto, table, state, since,
			    info) >= 5 &&
			strcmp(proto, "BGP") == 0 && strcmp(info, "Passive") != 0)
			add(&list, &len, name, info[0] ? info : state);
		line += n + (line[n] == '\n');
	}
	*ret = list;
	*ret_len = len;
	return 0;
}

/* {"neighbors": [{"remote_addr": "198.51.100.10", "state": "Established", ...}]} */
int
ask_parse_openbgpd(const char *json, struct ask_session **ret, size_t *ret_len)
{
	json_t *root = json_loads(json, 0, NULL), *neighbor;
	json_t *neighbors = json_object_get(root, "neighbors");
	struct ask_session *list = NULL;
	size_t i, len = 0;

	if (!json_is_array(neighbors)) {
		json_decref(root);
		return -EBADMSG;
	}
	json_array_foreach(neighbors, i, neighbor)
	{
		const char *peer = json_string_value(json_object_get(neighbor, "remote_addr"));
		const char *state = json_string_value(json_object_get(neighbor, "state"));

		add(&list, &len, peer ? peer : "?", state ? state : "?");
	}
	json_decref(root);
	*ret = list;
	*ret_len = len;
	return 0;
}
