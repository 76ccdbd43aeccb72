/* fuzz_askparse.c - any text as what a daemon says of its sessions; the first byte chooses the daemon. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lab/ask.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int (*const parsers[])(const char *, struct ask_session **, size_t *) = {
		ask_parse_frr, ask_parse_bird, ask_parse_openbgpd};
	struct ask_session *list = NULL;
	size_t len = 0;
	char *text;

	if (size == 0)
		return 0;
	text = malloc(size);
	if (text == NULL)
		return 0;
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	if (parsers[data[0] % 3](text, &list, &len) == 0)
		for (size_t i = 0; i < len; i++)
			if (strlen(list[i].peer) >= sizeof(list[i].peer) ||
				list[i].established != (strcmp(list[i].state, "Established") == 0))
				abort();
	free(list);
	free(text);
	return 0;
}
