/*
 * Checks for the unit tests. One program per *_test.c; the first failed check ends it.
 */
#ifndef OSTLER_CHECK_H
#define OSTLER_CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition) check_that(condition, #condition, __FILE__, __LINE__)
#define CHECK_INT(actual, expected) check_int(actual, expected, #actual, __FILE__, __LINE__)
#define CHECK_TEXT(actual, expected) check_text(actual, expected, #actual, __FILE__, __LINE__)

static inline void check_that(int holds, const char *what, const char *file, int line)
{
	if (holds)
		return;
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
	exit(1);
}

static inline void check_int(long long actual, long long expected, const char *what, const char *file,
			     int line)
{
	if (actual == expected)
		return;
	fprintf(stderr, "%s:%d: %s is %lld, expected %lld\n", file, line, what, actual, expected);
	exit(1);
}

static inline void check_text(const char *actual, const char *expected, const char *what, const char *file,
			      int line)
{
	if (strcmp(actual, expected) == 0)
		return;
	fprintf(stderr, "%s:%d: %s is\n  \"%s\", expected\n  \"%s\"\n", file, line, what, actual, expected);
	exit(1);
}

/* A test returns NULL, or what it misses to be run here. */
struct test {
	const char *name;
	const char *(*run)(void);
};

static inline int run_tests(const char *file, const struct test *tests, size_t n)
{
	size_t i, skipped = 0;

	for (i = 0; i < n; i++) {
		const char *missing = tests[i].run();

		if (missing) {
			printf("  skipped %s: needs %s\n", tests[i].name, missing);
			skipped++;
		}
	}
	printf("%s: %zu passed, %zu skipped\n", file, n - skipped, skipped);
	return 0;
}

#define RUN_TESTS(tests) run_tests(__FILE__, tests, sizeof(tests) / sizeof(tests[0]))

#endif
