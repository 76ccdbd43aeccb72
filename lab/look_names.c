/* look_names.c - what there is, for who asked for something that is not. */
#include "lab/look_names.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "lib/netns.h"

enum { LIST_BYTES = 600, MORE_BYTES = 6 };

void
look_list_add(char *list, size_t size, const char *name)
{
	size_t len = strlen(list);

	if (len > 3 && strcmp(list + len - 3, "...") == 0)
		return;
	if (len + strlen(name) + 2 + MORE_BYTES > size)
		name = "...";
	snprintf(list + len, size - len, "%s%s", len > 0 ? ", " : "", name);
}

int
look_node(const struct topology *t, const char *name, struct err *e)
{
	int node = topology_node(t, name);
	char list[LIST_BYTES] = "";

	if (node >= 0)
		return node;
	for (size_t i = 0; i < t->nodes_len; i++)
		look_list_add(list, sizeof(list), t->nodes[i].name);
	return err_set(e, EINVAL, "no node '%.64s'; there are %s", name, list);
}

int
look_interface(pid_t init_pid, const char *node, const char *interface, struct err *e)
{
	struct if_nameindex *there;
	char path[64], list[LIST_BYTES] = "";
	bool found = false;
	int home, rc;

	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)init_pid);
	rc = netns_enter(path, &home, e);
	if (rc < 0)
		return rc;
	there = if_nameindex();
	rc = netns_leave(home, e);
	if (rc < 0)
		return rc;
	if (there == NULL)
		return err_set(e, EIO, "the interfaces of %s cannot be listed", node);
	for (size_t i = 0; there[i].if_index != 0; i++) {
		found |= strcmp(there[i].if_name, interface) == 0;
		look_list_add(list, sizeof(list), there[i].if_name);
	}
	if_freenameindex(there);
	if (found)
		return 0;
	return interface[0] == '\0'
		? err_set(e, EINVAL, "which interface of %s? there are %s", node, list)
		: err_set(e, EINVAL, "%s has no interface '%.32s'; there are %s", node, interface,
			  list);
}
