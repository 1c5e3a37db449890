/*
 * Networks of namespaces: what is made, what a refusal says, and that nothing stays. All of it in
 * a network namespace of the test's own, which stands for the host's.
 */
#include "check.h"
#include "run.h"

#include <linux/sockios.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define PAIR "test.yaml:4:1 (veth)"

static int ask(unsigned long request, void *argument)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int r = ioctl(fd, request, argument);

	close(fd);
	return r;
}

static void make_bridge(const char *name)
{
	char copy[IFNAMSIZ];

	snprintf(copy, sizeof(copy), "%s", name);
	CHECK_INT(ask(SIOCBRADDBR, copy), 0);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	CHECK_INT(write(fd, text, strlen(text)), (long long)strlen(text));
	close(fd);
}

/* A network namespace for this process, by a user namespace where it needs one. */
static const char *enter_own_network(void)
{
	unsigned int uid = geteuid(), gid = getegid();
	char map[32];

	if (unshare(uid == 0 ? CLONE_NEWNET : CLONE_NEWUSER | CLONE_NEWNET) < 0)
		return "a network namespace";
	if (uid == 0)
		return NULL;
	write_file("/proc/self/setgroups", "deny");
	snprintf(map, sizeof(map), "0 %u 1", gid);
	write_file("/proc/self/gid_map", map);
	snprintf(map, sizeof(map), "0 %u 1", uid);
	write_file("/proc/self/uid_map", map);
	return NULL;
}

static void host(struct build *build, uint64_t action, const char *object, const char *extra,
		 uint64_t number)
{
	build_network(build, OP_HOST_NETWORK, "test.yaml:4:1 (host)", action, "ve-a", object, extra, number);
}

static void inside(struct build *build, uint64_t action, const char *object, const char *extra,
		   uint64_t number)
{
	build_network(build, OP_NETWORK, "test.yaml:5:1 (inside)", action, "eth0", object, extra, number);
}

/* A pair, ve-a here and eth0 inside. */
static void start_pair(struct build *build, uint64_t flags)
{
	build_start(build, PLAN_COPY | PLAN_STAY, 1);
	build_namespaces(build, flags | CLONE_NEWNET);
	host(build, NETWORK_VETH, "eth0", "02:00:00:00:00:0a", 1400);
}

static void run_script(struct build *build, const char *script, struct outcome *ret)
{
	build_op(build, OP_SIGNALS, NULL);
	build_stdio(build);
	build_script(build, script);
	run_plan(build, ret);
	if (ret->report.outcome == LAUNCH_REFUSED)
		refusal_print(NULL, &ret->report.refusal);
	CHECK_INT(if_nametoindex("ve-a"), 0); /* nothing has stayed */
}

static const char *a_pair_has_what_was_asked_for(void)
{
	static const uint64_t flags[] = { 0, CLONE_NEWUSER };
	struct outcome outcome;
	struct build build;
	size_t i;

	for (i = 0; i < 2; i++) {
		start_pair(&build, flags[i]);
		host(&build, NETWORK_ADDRESS, "10.1.0.1", "", 24);
		host(&build, NETWORK_UP, "", "", 0);
		inside(&build, NETWORK_ADDRESS, "10.1.0.2", "", 24);
		inside(&build, NETWORK_ADDRESS, "fd00::2", "", 64);
		inside(&build, NETWORK_UP, "", "", 0);
		inside(&build, NETWORK_ROUTE, "", "10.1.0.1", 0);
		inside(&build, NETWORK_ROUTE, "10.9.0.0", "", 16);
		inside(&build, NETWORK_ROUTE, "", "fd00::1", 0);

		run_script(&build,
			   "cd /proc/self/net; sed -n 's/:.*//; s/^ *//; 3,$p' dev; cut -f1-3,8 route | tail -n +2;"
			   "sed -n '/^fd/s/ .. / /p' if_inet6; grep -c '^0\\{32\\} 00 0\\{32\\} 00 fd0*1 ' ipv6_route;"
			   "cat /proc/sys/net/ipv6/conf/eth0/mtu",
			   &outcome);

		CHECK_INT(outcome.report.outcome, LAUNCH_RUNNING);
		CHECK_TEXT(outcome.output, "lo\neth0\n"
					   "eth0\t00000000\t0100010A\t00000000\n"
					   "eth0\t0000010A\t00000000\t00FFFFFF\n"
					   "eth0\t0000090A\t00000000\t0000FFFF\n"
					   "fd000000000000000000000000000002 40 00 82     eth0\n"
					   "1\n1400\n");
	}
	return NULL;
}

/* object: how it begins; what the kernel adds, and whether it does, changes with its version */
static void check_refused(struct build *build, uint32_t op, int error, const char *call, const char *object)
{
	struct outcome outcome;
	char *begins = outcome.report.refusal.object;

	run_script(build, "echo ran", &outcome);

	CHECK_TEXT(outcome.output, "");
	CHECK_INT(outcome.report.outcome, LAUNCH_REFUSED);
	CHECK_INT(outcome.report.refusal.op, op);
	CHECK_TEXT(outcome.report.refusal.call, call);
	begins[strlen(object)] = 0;
	CHECK_TEXT(begins, object);
	CHECK_INT(outcome.report.refusal.error, error);
	CHECK_INT(outcome.report.refusal.sub, 0);
}

static const char *a_refusal_names_the_step_and_gives_the_words_of_the_kernel(void)
{
	struct build build;

	start_pair(&build, 0);
	host(&build, NETWORK_BRIDGE, "br-none", "", 0);
	check_refused(&build, 2, ENODEV, "SIOCGIFINDEX", "br-none");

	start_pair(&build, 0);
	host(&build, NETWORK_BRIDGE, "lo", "", 0);
	check_refused(&build, 2, EOPNOTSUPP, "RTM_SETLINK", "bridge lo with ve-a");

	start_pair(&build, 0);
	inside(&build, NETWORK_ADDRESS, "10.1.0.2", "", 24);
	inside(&build, NETWORK_ADDRESS, "10.1.0.2", "", 24);
	check_refused(&build, 3, EEXIST, "RTM_NEWADDR", "10.1.0.2/24 on eth0");

	start_pair(&build, 0);
	inside(&build, NETWORK_ADDRESS, "10.1.0.2", "", 24);
	inside(&build, NETWORK_UP, "", "", 0);
	inside(&build, NETWORK_ROUTE, "", "192.0.2.1", 0);
	check_refused(&build, 4, ENETUNREACH, "RTM_NEWROUTE",
		      "default via 192.0.2.1 on eth0: Nexthop has invalid gateway");

	start_pair(&build, 0);
	inside(&build, NETWORK_UP, "", "", 0);
	inside(&build, NETWORK_ROUTE, "fd01::", "fd00::1", 64);
	check_refused(&build, 3, EHOSTUNREACH, "RTM_NEWROUTE", "fd01::/64 via fd00::1 on eth0");

	build_start(&build, PLAN_COPY | PLAN_STAY, 1);
	build_namespaces(&build, CLONE_NEWNET);
	host(&build, NETWORK_VETH, "eth0", "01:00:00:00:00:0a", 0); /* a group's */
	check_refused(&build, 1, EADDRNOTAVAIL, "RTM_NEWLINK", "veth pair eth0 and ve-a");

	build_start(&build, PLAN_COPY | PLAN_STAY, 1);
	build_namespaces(&build, CLONE_NEWNET);
	host(&build, NETWORK_VETH, "eth0", "", 5);
	check_refused(&build, 1, EINVAL, "RTM_NEWLINK", "veth pair eth0 and ve-a");
	return NULL;
}

static const char *a_name_that_is_taken_is_refused_after_a_while(void)
{
	struct build build;
	struct ifreq request = { .ifr_name = "ve-b" };

	make_bridge("ve-b");
	build_start(&build, PLAN_COPY | PLAN_STAY, 1);
	build_namespaces(&build, CLONE_NEWNET);
	build_network(&build, OP_HOST_NETWORK, NULL, NETWORK_VETH, "ve-b", "eth0", "", 0);
	check_refused(&build, 1, EEXIST, "RTM_NEWLINK", "veth pair eth0 and ve-b");
	CHECK(if_nametoindex("ve-b") != 0);
	CHECK_INT(ask(SIOCBRDELBR, request.ifr_name), 0);
	return NULL;
}

static const char *a_pair_can_be_a_port_of_a_bridge(void)
{
	struct outcome outcome;
	struct build build;
	char name[IFNAMSIZ] = "br0";

	make_bridge(name);
	start_pair(&build, 0);
	host(&build, NETWORK_BRIDGE, "br0", "", 0);
	host(&build, NETWORK_UP, "", "", 0);
	inside(&build, NETWORK_UP, "", "", 0);
	run_script(&build, "grep -c eth0 /proc/self/net/dev", &outcome);
	CHECK_INT(outcome.report.outcome, LAUNCH_RUNNING);
	CHECK_TEXT(outcome.output, "1\n");
	CHECK_INT(ask(SIOCBRDELBR, name), 0);
	return NULL;
}

static const char *decoded(struct build *build)
{
	struct plan plan;
	const char *why;

	build_execve(build, (const char *const[]){ "/bin/true", NULL });
	(void)plan_decode(build->bytes, build_seal(build), &plan, &why);
	return why;
}

static const char *a_plan_with_a_step_that_cannot_be_is_refused(void)
{
	static const struct {
		uint64_t action, number;
		const char *interface, *object, *extra;
		bool host, inside;
	} steps[] = {
		{ NETWORK_VETH, 0, "ve-a", "eth0", "", true, false },
		{ NETWORK_VETH, 1400, "fifteen-letters", "eth0", "02:00:00:00:00:0a", true, false },
		{ NETWORK_VETH, 0, "sixteen--letters", "eth0", "", false, false },
		{ NETWORK_VETH, 0, "", "eth0", "", false, false },
		{ NETWORK_VETH, 0, "ve%d", "eth0", "", false, false },
		{ NETWORK_VETH, 0, "ve-a", "a/b", "", false, false },
		{ NETWORK_VETH, 0, "ve-a", "eth0", "02:00:00:00:00", false, false },
		{ NETWORK_VETH, 0, "ve-a", "eth0", "02:00:00:00:00:0a:", false, false },
		{ NETWORK_VETH, 0, "ve-a", "eth0", "02:00:00:00:00:0g", false, false },
		{ NETWORK_VETH, 1ULL << 31, "ve-a", "eth0", "", false, false },
		{ NETWORK_BRIDGE, 0, "ve-a", "br0", "", true, false },
		{ NETWORK_BRIDGE, 0, "ve-a", "", "", false, false },
		{ NETWORK_BRIDGE, 0, "ve-a", "br0", "x", false, false },
		{ NETWORK_ADDRESS, 32, "ve-a", "10.1.0.1", "", true, true },
		{ NETWORK_ADDRESS, 128, "ve-a", "fd00::1", "", true, true },
		{ NETWORK_ADDRESS, 33, "ve-a", "10.1.0.1", "", false, false },
		{ NETWORK_ADDRESS, 129, "ve-a", "fd00::1", "", false, false },
		{ NETWORK_ADDRESS, 24, "ve-a", "10.1.0.256", "", false, false },
		{ NETWORK_ADDRESS, 24, "ve-a", "localhost", "", false, false },
		{ NETWORK_ADDRESS, 24, "ve-a", "", "", false, false },
		{ NETWORK_UP, 0, "ve-a", "", "", true, true },
		{ NETWORK_UP, 1, "ve-a", "", "", false, false },
		{ NETWORK_UP, 0, "ve-a", "x", "", false, false },
		{ NETWORK_ROUTE, 0, "ve-a", "", "10.1.0.1", false, true },
		{ NETWORK_ROUTE, 8, "ve-a", "10.0.0.0", "", false, true },
		{ NETWORK_ROUTE, 8, "ve-a", "10.0.0.0", "10.1.0.1", false, true },
		{ NETWORK_ROUTE, 8, "ve-a", "10.0.0.0", "fd00::1", false, false },
		{ NETWORK_ROUTE, 0, "ve-a", "", "", false, false },
		{ NETWORK_ROUTE, 8, "ve-a", "", "10.1.0.1", false, false },
		{ NETWORK_ROUTE, 0, "ve-a", "", "gateway", false, false },
		{ 5, 0, "ve-a", "", "", false, false },
	};
	struct build build;
	size_t i;
	int code;

	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		for (code = OP_HOST_NETWORK; code <= OP_NETWORK; code += OP_NETWORK - OP_HOST_NETWORK) {
			bool allowed = code == OP_HOST_NETWORK ? steps[i].host : steps[i].inside;

			build_start(&build, PLAN_COPY | PLAN_STAY, 0);
			build_namespaces(&build, CLONE_NEWNET);
			build_network(&build, code, NULL, steps[i].action, steps[i].interface, steps[i].object,
				      steps[i].extra, steps[i].number);
			CHECK_TEXT(decoded(&build),
				   allowed ? "" : code == OP_NETWORK ? "NETWORK has an argument that cannot be"
								     : "HOST_NETWORK has an argument that cannot be");
		}
	}
	return NULL;
}

/* It would be that of the host. */
static const char *a_network_needs_a_namespace_of_its_own(void)
{
	static const char why[] = "a network without a net namespace of its own";
	struct build build;

	build_start(&build, PLAN_COPY | PLAN_STAY, 0);
	build_namespaces(&build, CLONE_NEWUTS);
	inside(&build, NETWORK_UP, "", "", 0);
	CHECK_TEXT(decoded(&build), why);

	build_start(&build, PLAN_COPY | PLAN_STAY, 0);
	host(&build, NETWORK_UP, "", "", 0);
	CHECK_TEXT(decoded(&build), why);

	build_start(&build, 0, 0);
	build_op(&build, OP_SETSID, NULL);
	inside(&build, NETWORK_UP, "", "", 0);
	CHECK_TEXT(decoded(&build), why);
	return NULL;
}

int main(void)
{
	static const struct test tests[] = {
		{ "a pair has what was asked for", a_pair_has_what_was_asked_for },
		{ "a refusal names the step and gives the words of the kernel",
		  a_refusal_names_the_step_and_gives_the_words_of_the_kernel },
		{ "a name that is taken is refused after a while", a_name_that_is_taken_is_refused_after_a_while },
		{ "a pair can be a port of a bridge", a_pair_can_be_a_port_of_a_bridge },
		{ "a plan with a step that cannot be is refused", a_plan_with_a_step_that_cannot_be_is_refused },
		{ "a network needs a namespace of its own", a_network_needs_a_namespace_of_its_own },
	};
	const char *missing = enter_own_network();

	if (missing) {
		printf("%s: skipped: needs %s\n", __FILE__, missing);
		return 0;
	}
	return RUN_TESTS(tests);
}
