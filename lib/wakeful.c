/* wakeful.c - keep idle processors from sleeping deeply while something is measured. */
#include "lib/wakeful.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

int
wakeful_begin(void)
{
	const int32_t latency_us = 0;
	int fd = open("/dev/cpu_dma_latency", O_WRONLY | O_CLOEXEC), error;

	if (fd < 0)
		return -errno;
	if (write(fd, &latency_us, sizeof(latency_us)) == (ssize_t)sizeof(latency_us))
		return fd;
	error = errno;
	close(fd);
	return -error;
}

void
wakeful_end(int fd)
{
	if (fd >= 0)
		close(fd);
}
