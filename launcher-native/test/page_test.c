/* The page of statuses: whole values only, and waiting for them. */
#include "check.h"

#include "commands.h"
#include "page.h"

#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CRC32_OF_TEST 0xcbf43926 /* of "123456789", as everywhere */

static struct page_head *head;
static int page_fd;

static void make_page(void)
{
	page_fd = memfd_create("page", MFD_CLOEXEC);
	CHECK(page_fd >= 0);
	CHECK_INT(ftruncate(page_fd, PAGE_SLOT_BYTES), 0);
	head = mmap(NULL, PAGE_SLOT_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, page_fd, 0);
	CHECK(head != MAP_FAILED);
	memcpy(head->magic, "OSTLPAGE", sizeof(head->magic));
}

static void drop_page(void)
{
	CHECK_INT(munmap(head, PAGE_SLOT_BYTES), 0);
	CHECK_INT(close(page_fd), 0);
}

static uint32_t crc_of(uint32_t crc, const void *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		crc ^= ((const uint8_t *)bytes)[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
	}
	return crc;
}

static size_t put_text(uint8_t *at, const char *text)
{
	size_t length = strlen(text);

	at[0] = (uint8_t)(length >> 8);
	at[1] = (uint8_t)length;
	memcpy(at + 2, text, length);
	return length + 2;
}

/* As the supervisor writes one, into a slot of a record. */
static void put(uint32_t number, int slot, uint64_t seq, uint8_t milestones, const char *service)
{
	uint8_t bytes[256];
	uint32_t length = 1, crc;
	uint8_t low;
	off_t at = (off_t)PAGE_SLOT_BYTES * (1 + 2 * (off_t)number + slot);

	bytes[0] = milestones;
	length += (uint32_t)put_text(bytes + length, service);
	length += (uint32_t)put_text(bytes + length, milestones & PAGE_READY ? "ready" : "started");
	length += (uint32_t)put_text(bytes + length, "running");
	low = (uint8_t)length;
	crc = crc_of(crc_of(~0U, &seq, sizeof(seq)), &low, sizeof(low));
	crc = ~crc_of(crc, bytes, length);
	CHECK_INT(pwrite(page_fd, &seq, 8, at), 8);
	CHECK_INT(pwrite(page_fd, &length, 4, at + 8), 4);
	CHECK_INT(pwrite(page_fd, &crc, 4, at + 12), 4);
	CHECK_INT(pwrite(page_fd, bytes, length, at + 16), length);
}

static void tell(void)
{
	__atomic_add_fetch(&head->number, 1, __ATOMIC_RELEASE);
	CHECK(syscall(SYS_futex, &head->number, FUTEX_WAKE, 1, NULL, NULL, 0) >= 0);
}

static const char *the_newer_whole_value_counts(void)
{
	struct page_record record;

	CHECK_INT((uint32_t)~crc_of(~0U, "123456789", 9), CRC32_OF_TEST);
	make_page();
	CHECK(!page_read(page_fd, 0, &record)); /* nothing was ever written */

	put(0, 0, 1, PAGE_STARTED, "web");
	CHECK(page_read(page_fd, 0, &record));
	CHECK_TEXT(record.service, "web");
	CHECK_TEXT(record.state, "started");
	CHECK_TEXT(record.reason, "running");
	CHECK_INT(record.milestones, PAGE_STARTED);

	put(0, 1, 2, PAGE_STARTED | PAGE_READY, "web");
	CHECK(page_read(page_fd, 0, &record));
	CHECK_TEXT(record.state, "ready");

	/* torn: the writer was killed in the middle */
	CHECK_INT(pwrite(page_fd, "X", 1, 2 * PAGE_SLOT_BYTES + 20), 1);
	CHECK(page_read(page_fd, 0, &record));
	CHECK_TEXT(record.state, "started");
	drop_page();
	return NULL;
}

struct payload {
	struct frame_page frame;
	struct frame_record record;
	char late[16];
} __attribute__((packed));

static pid_t start_waiter(uint64_t until_ns, int keeper_pidfd)
{
	struct payload payload = {
		.frame = { .milestone = PAGE_READY, .records = 1, .until_ns = until_ns },
		.record = { .service = "web" },
		.late = "too late:",
	};
	pid_t pid = fork();

	if (pid)
		return pid;
	_exit(page_wait(page_fd, &payload, sizeof(payload), keeper_pidfd));
}

static void check_ends(pid_t waiter, int code)
{
	int status;

	CHECK_INT(waitpid(waiter, &status, 0), waiter);
	CHECK(WIFEXITED(status));
	CHECK_INT(WEXITSTATUS(status), code);
}

static const char *who_waits_is_woken_by_what_is_written(void)
{
	pid_t waiter;

	make_page();
	put(0, 0, 1, PAGE_STARTED, "web");
	waiter = start_waiter(0, -1);
	tell(); /* of something else */
	put(0, 1, 2, PAGE_STARTED | PAGE_READY, "web");
	tell();
	check_ends(waiter, EXIT_OK);

	put(0, 0, 3, PAGE_STARTED | PAGE_READY, "other"); /* the number has another service by now */
	waiter = start_waiter(0, -1);
	head->over = 1;
	tell();
	check_ends(waiter, EXIT_FAILED);
	drop_page();
	return NULL;
}

static const char *nobody_waits_longer_than_asked_or_than_the_keeper_lives(void)
{
	pid_t keeper;
	int pidfd;

	make_page();
	put(0, 0, 1, PAGE_STARTED, "web");
	check_ends(start_waiter(1, -1), EXIT_FAILED);

	keeper = fork();
	if (!keeper)
		_exit(pause());
	pidfd = (int)syscall(SYS_pidfd_open, keeper, 0);
	CHECK(pidfd >= 0);
	CHECK_INT(kill(keeper, SIGKILL), 0);
	check_ends(start_waiter(0, pidfd), EXIT_FAILED);
	CHECK_INT(waitpid(keeper, NULL, 0), keeper);
	CHECK_INT(close(pidfd), 0);
	drop_page();
	return NULL;
}

static const char *what_is_no_page_is_refused(void)
{
	struct payload payload = { .frame = { .milestone = PAGE_READY, .records = 1 } };

	make_page();
	CHECK_INT(page_wait(page_fd, &payload, sizeof(payload.frame), -1), -EBADMSG);
	payload.frame.records = 2; /* more than there are */
	CHECK_INT(page_wait(page_fd, &payload, sizeof(payload), -1), -EBADMSG);
	payload.frame.records = 1;
	memset(payload.record.service, 'x', sizeof(payload.record.service));
	CHECK_INT(page_wait(page_fd, &payload, sizeof(payload), -1), -EBADMSG);
	payload.record.service[0] = 0;
	payload.record.service[PROTO_SERVICE_BYTES - 1] = 0;
	head->magic[0] = 'X';
	CHECK_INT(page_wait(page_fd, &payload, sizeof(payload), -1), -EBADMSG);
	drop_page();
	return NULL;
}

static const struct test tests[] = {
	{ "the_newer_whole_value_counts", the_newer_whole_value_counts },
	{ "who_waits_is_woken_by_what_is_written", who_waits_is_woken_by_what_is_written },
	{ "nobody_waits_longer_than_asked_or_than_the_keeper_lives",
	  nobody_waits_longer_than_asked_or_than_the_keeper_lives },
	{ "what_is_no_page_is_refused", what_is_no_page_is_refused },
};

int main(void)
{
	return RUN_TESTS(tests);
}
