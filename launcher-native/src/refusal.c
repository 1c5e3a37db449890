#include "ops.h"

#include <stdio.h>
#include <string.h>

void text_add(struct text *text, const char *piece)
{
	for (; *piece && text->left > 0; text->left--)
		*text->at++ = *piece++;
	*text->at = 0;
}

void text_add_number(struct text *text, uint64_t value)
{
	char digits[21];
	char *at = digits + sizeof(digits) - 1;

	*at = 0;
	do
		*--at = (char)('0' + value % 10);
	while ((value /= 10) != 0);
	text_add(text, at);
}

void text_add_signed(struct text *text, int64_t value)
{
	if (value < 0)
		text_add(text, "-");
	text_add_number(text, value < 0 ? -(uint64_t)value : (uint64_t)value);
}

/* start: where the list began, so that the first item gets no comma */
void text_add_list_item(struct text *text, const char *start, const char *item)
{
	if (text->at != start)
		text_add(text, ",");
	text_add(text, item);
}

struct text refusal_object(struct launch *launch)
{
	memset(launch->refusal.object, 0, sizeof(launch->refusal.object));
	return (struct text){ launch->refusal.object, sizeof(launch->refusal.object) - 1 };
}

int refuse(struct launch *launch, long nr, const char *call, long error)
{
	struct text text = { launch->refusal.call, sizeof(launch->refusal.call) - 1 };

	memset(launch->refusal.call, 0, sizeof(launch->refusal.call));
	text_add(&text, call);
	launch->refusal.call_nr = (int32_t)nr;
	launch->refusal.error = (int32_t)-error;
	return (int)error;
}

int refuse_named(struct launch *launch, long nr, const char *call, long error, const char *object)
{
	struct text text = refusal_object(launch);

	text_add(&text, object);
	return refuse(launch, nr, call, error);
}

int refuse_number(struct launch *launch, long nr, const char *call, long error, const char *what,
		  uint64_t number)
{
	struct text text = refusal_object(launch);

	text_add(&text, what);
	text_add(&text, " ");
	text_add_number(&text, number);
	return refuse(launch, nr, call, error);
}

const char *errno_name(int error)
{
	const char *name = strerrorname_np(error);

	return name ? name : "unknown errno";
}

/*
 * Control bytes (a carriage return after #!/bin/sh, say) become visible and cannot touch the
 * terminal.
 */
static void add_visible(struct text *text, const char *piece, size_t most)
{
	static const char hex[] = "0123456789abcdef";
	char escape[] = "\\x00";

	for (; most > 0 && *piece; most--, piece++) {
		unsigned char byte = (unsigned char)*piece;
		char plain[2] = { *piece, 0 };

		escape[2] = hex[byte >> 4];
		escape[3] = hex[byte & 15];
		text_add(text, byte < 32 || byte == 127 ? escape : plain);
	}
}

/* The kernel's "too revealing": mount_too_revealing() in fs/namespace.c. */
static bool is_hidden_proc(const struct refusal *refusal)
{
	return refusal->error == EPERM && strcmp(refusal->call, "fsmount") == 0 &&
	       (strcmp(refusal->object, "proc") == 0 || strcmp(refusal->object, "sysfs") == 0);
}

void refusal_print(const struct plan *plan, const struct refusal *refusal)
{
	const char *meaning = strerrordesc_np(refusal->error);
	const char *origin = plan ? plan_refusal_origin(plan, refusal->op, refusal->sub) : "";
	char line[2048];
	struct text text = { line, sizeof(line) - 2 };

	text_add(&text, "cannot start: ");
	add_visible(&text, refusal->call, sizeof(refusal->call));
	if (refusal->object[0]) {
		text_add(&text, " \"");
		add_visible(&text, refusal->object, sizeof(refusal->object));
		text_add(&text, "\"");
	}
	text_add(&text, ": ");
	text_add(&text, errno_name(refusal->error));
	text_add(&text, " (");
	text_add(&text, meaning ? meaning : "no text");
	if (refusal->error == ENOENT && refusal->detail1 == EXECVE_INTERPRETER)
		text_add(&text, "; the #! interpreter");
	if (refusal->error == ENOENT && refusal->detail1 == EXECVE_LOADER)
		text_add(&text, "; the ELF loader");
	text_add(&text, ")");
	if (is_hidden_proc(refusal))
		text_add(&text, "; the kernel gives a new one only where the /proc and /sys around it "
				"show everything, and a container around this process hides parts: "
				"start that without such masks, bind what is there, or leave it out");
	if (origin[0]) {
		text_add(&text, " at ");
		add_visible(&text, origin, sizeof(line));
	}
	text.left++; /* the newline always fits */
	text_add(&text, "\n");
	(void)sys_write(2, line, (size_t)(text.at - line));
}
