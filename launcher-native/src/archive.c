#include "archive.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

enum { CHUNK_WORDS = 1 << 14 };

static int open_in(const char *directory, const char *name, const char *suffix)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/%s%s", directory, name, suffix);

	return n > 0 && n < PATH_MAX ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
}

/* "BYTES SUM\n", decimal. */
static bool read_expected(int fd, uint64_t *ret_bytes, uint64_t *ret_sum)
{
	char text[64];
	ssize_t n = read(fd, text, sizeof(text) - 1);
	char *end;

	if (n <= 0)
		return false;
	text[n] = 0;
	*ret_bytes = strtoull(text, &end, 10);
	if (*end != ' ')
		return false;
	*ret_sum = strtoull(end + 1, &end, 10);
	return *end == '\n';
}

/* The sum of its words of 32 bits; false when it cannot be read in whole words. */
static bool add_up(int fd, uint64_t *ret_bytes, uint64_t *ret_sum)
{
	uint32_t words[CHUNK_WORDS];

	*ret_bytes = *ret_sum = 0;
	for (;;) {
		ssize_t n = read(fd, words, sizeof(words));

		if (n == 0)
			return true;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || n % (ssize_t)sizeof(words[0]))
			return false;
		for (size_t i = 0; i < (size_t)n / sizeof(words[0]); i++)
			*ret_sum += words[i];
		*ret_bytes += (uint64_t)n;
	}
}

bool archive_is_whole(const char *directory, const char *name)
{
	uint64_t bytes, sum, expected_bytes, expected_sum;
	int archive = open_in(directory, name, "");
	int note = open_in(directory, name, ".sum");
	bool whole = archive >= 0 && note >= 0 &&
		     read_expected(note, &expected_bytes, &expected_sum) &&
		     add_up(archive, &bytes, &sum) && bytes == expected_bytes &&
		     sum == expected_sum;

	if (archive >= 0)
		(void)close(archive); /* only read */
	if (note >= 0)
		(void)close(note);
	return whole;
}
