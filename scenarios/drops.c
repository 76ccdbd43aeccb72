/* drops.c - packets that a node's kernel threw away because a program did not fetch them in time. */
#include "scenarios/drops.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/fs.h"

/* Two lines "Udp: InDatagrams ... RcvbufErrors ..." and "Udp: 123 ... 4 ...": find the column. */
int64_t
drops_in_snmp(const char *text)
{
	const char *names = strstr(text, "\nUdp: "), *values;
	char *end;
	int64_t value = 0;

	if (names == NULL || (values = strstr(names + 1, "\nUdp: ")) == NULL)
		return 0;
	names += strlen("\nUdp: ");
	values += strlen("\nUdp: ");
	for (; *names != '\n' && *names != '\0'; values = end) {
		size_t len = strcspn(names, " \n");

		value = strtoll(values, &end, 10);
		if (end == values)
			return 0;
		if (len == strlen("RcvbufErrors") && strncmp(names, "RcvbufErrors", len) == 0)
			return value;
		names += len + (names[len] == ' ');
	}
	return 0;
}

int64_t
drops_in_snmp6(const char *text)
{
	const char *at = strstr(text, "Udp6RcvbufErrors");

	return at == NULL ? 0 : strtoll(at + strlen("Udp6RcvbufErrors"), NULL, 10);
}

/* "  eth0: bytes packets errs drop fifo frame compressed multicast | bytes packets errs drop ..." */
int64_t
drops_in_dev(const char *text)
{
	enum { RX_DROP = 3, TX_DROP = 11 };
	int64_t sum = 0;

	for (const char *at = strchr(text, ':'); at != NULL; at = strchr(at, ':')) {
		char *end;

		at++;
		for (int i = 0; i <= TX_DROP; i++, at = end) {
			int64_t value = strtoll(at, &end, 10);

			if (end == at)
				break;
			if (i == RX_DROP || i == TX_DROP)
				sum += value;
		}
	}
	return sum;
}

static int64_t
read_with(pid_t init_pid, const char *name, int64_t (*read)(const char *text))
{
	char path[64], *text;
	int64_t value;

	snprintf(path, sizeof(path), "/proc/%d/net/%s", (int)init_pid, name);
	if (fs_read(path, 1 << 20, &text, NULL, NULL) < 0)
		return 0;
	value = read(text);
	free(text);
	return value;
}

int64_t *
drops_by_node(const struct lab *lab)
{
	size_t n = lab_topology(lab)->nodes_len;
	int64_t *list = calloc(n + 1, sizeof(*list));

	for (size_t i = 0; list != NULL && i < n; i++) {
		pid_t init = lab_node_pid(lab, i);

		list[i] = read_with(init, "snmp", drops_in_snmp) +
			read_with(init, "snmp6", drops_in_snmp6);
	}
	return list;
}

struct drops
drops_read(const struct lab *lab, const char *except, bool flooded)
{
	struct drops d = {0};

	for (size_t i = 0; i < lab_topology(lab)->nodes_len; i++) {
		pid_t init = lab_node_pid(lab, i);

		if ((except != NULL && strcmp(lab_topology(lab)->nodes[i].name, except) == 0) ||
			(flooded && lab_topology(lab)->nodes[i].anycast))
			continue;
		d.udp_receive += read_with(init, "snmp", drops_in_snmp) +
			read_with(init, "snmp6", drops_in_snmp6);
		d.interface += read_with(init, "dev", drops_in_dev);
	}
	return d;
}
