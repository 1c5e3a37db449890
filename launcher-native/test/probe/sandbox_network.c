/* P22, P23: sockets. */
#include "probe.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#define HIGH_BITS 0x7777777700000000L

static long made(int fd)
{
	return fd < 0 ? -1 : 0;
}

static long packet(void) { return made(socket(AF_PACKET, SOCK_DGRAM, 0)); }
static long packet_high(void) { return made((int)syscall(SYS_socket, AF_PACKET | HIGH_BITS, SOCK_DGRAM, 0)); }
static long route(void) { return made(socket(AF_NETLINK, SOCK_RAW, 0)); }
static long audit(void) { return made(socket(AF_NETLINK, SOCK_RAW, 9)); }
static long vsock(void) { return made(socket(AF_VSOCK, SOCK_STREAM, 0)); }
static long alg(void) { return made(socket(AF_ALG, SOCK_SEQPACKET, 0)); }
static long raw(void) { return made(socket(AF_INET, SOCK_RAW, 255)); }

static long tcp(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)given_number("tcp")),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	return connect(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&to, sizeof(to));
}

/* An abstract name begins with a NUL. */
static long connect_unix(const char *name, size_t offset)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };

	(void)strncpy(to.sun_path + offset, name, sizeof(to.sun_path) - offset - 1);
	return connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&to,
		       (socklen_t)(offsetof(struct sockaddr_un, sun_path) + offset + strlen(name)));
}

static long abstract(void) { return connect_unix(given("abstract"), 1); }
static long by_path(void) { return connect_unix(given("unix"), 0); }

const struct probe network_probes[] = {
	{ "P22.packet", packet, NULL },
	{ "C5.packet_high_bits", packet_high, NULL },
	{ "P22.netlink_route", route, NULL },
	{ "P22.netlink_audit", audit, NULL },
	{ "P22.vsock", vsock, NULL },
	{ "P22.alg", alg, NULL },
	{ "P22.raw", raw, NULL },
	{ "P23.tcp_of_host", tcp, "tcp" },
	{ "P23.abstract_socket", abstract, "abstract" },
	{ "P23.unix_socket", by_path, "unix" },
	{ NULL, NULL, NULL },
};
