/*
 * What a test of networks needs of its surroundings, so that no other program has to be installed.
 *
 *     net bridge NAME ADDRESS     makes a bridge with an IPv4 address of a /24, up
 *     net up NAME, net down NAME  as ip link set NAME up has it
 *     net list                    the names of all interfaces, one a line
 *     net show NAME               hardware address, MTU, up or down
 *     net serve PORT TEXT         answers every connection with TEXT, for ever
 *     net ask ADDRESS PORT        prints what is answered, or the errno, after 5 s at most
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static void fail(const char *call)
{
	printf("%s: %s\n", call, strerrorname_np(errno));
	exit(1);
}

static void ask_for(unsigned long request, void *argument, const char *call)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || ioctl(fd, request, argument) < 0)
		fail(call);
	close(fd);
}

static struct ifreq named(const char *name)
{
	struct ifreq request;

	memset(&request, 0, sizeof(request));
	strncpy(request.ifr_name, name, IFNAMSIZ - 1);
	return request;
}

static void set_address(const char *name, const char *text, unsigned long which, const char *call)
{
	struct ifreq request = named(name);
	struct sockaddr_in address = { .sin_family = AF_INET };

	if (inet_pton(AF_INET, text, &address.sin_addr) != 1)
		fail("inet_pton");
	memcpy(&request.ifr_addr, &address, sizeof(address));
	ask_for(which, &request, call);
}

static void bridge(const char *name, const char *address)
{
	struct ifreq request = named(name);

	ask_for(SIOCBRADDBR, request.ifr_name, "SIOCBRADDBR");
	set_address(name, address, SIOCSIFADDR, "SIOCSIFADDR");
	set_address(name, "255.255.255.0", SIOCSIFNETMASK, "SIOCSIFNETMASK");
	request.ifr_flags = IFF_UP | IFF_RUNNING;
	ask_for(SIOCSIFFLAGS, &request, "SIOCSIFFLAGS");
}

static void set_up(const char *name, int up)
{
	struct ifreq request = named(name);

	ask_for(SIOCGIFFLAGS, &request, "SIOCGIFFLAGS");
	request.ifr_flags = (short)(up ? request.ifr_flags | IFF_UP : request.ifr_flags & ~IFF_UP);
	ask_for(SIOCSIFFLAGS, &request, "SIOCSIFFLAGS");
}

static void list(void)
{
	struct if_nameindex *all = if_nameindex();

	for (; all && all->if_index; all++)
		printf("%s\n", all->if_name);
}

static void show(const char *name)
{
	struct ifreq request = named(name);
	unsigned char mac[6];
	int mtu;

	ask_for(SIOCGIFHWADDR, &request, "SIOCGIFHWADDR");
	memcpy(mac, request.ifr_hwaddr.sa_data, sizeof(mac));
	ask_for(SIOCGIFMTU, &request, "SIOCGIFMTU");
	mtu = request.ifr_mtu;
	ask_for(SIOCGIFFLAGS, &request, "SIOCGIFFLAGS");
	printf("%s %02x:%02x:%02x:%02x:%02x:%02x mtu %d %s\n", name, mac[0], mac[1], mac[2], mac[3], mac[4], mac[5], mtu,
	       request.ifr_flags & IFF_UP ? "up" : "down");
}

static void serve(const char *port, const char *text)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6, .sin6_port = htons((unsigned short)atoi(port)) };
	int listener = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0), fd;

	if (listener < 0 || bind(listener, (struct sockaddr *)&any, sizeof(any)) < 0 || listen(listener, 16) < 0)
		fail("listen");
	for (;;) {
		fd = accept(listener, NULL, NULL);
		if (fd >= 0 && write(fd, text, strlen(text)) < 0)
			fail("write");
		close(fd);
	}
}

static void ask(const char *address, const char *port)
{
	struct addrinfo wanted = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM }, *found;
	char answer[256] = "";
	struct timeval patience = { .tv_sec = 5 };
	size_t size = 0;
	ssize_t n;
	int fd;

	if (getaddrinfo(address, port, &wanted, &found) != 0)
		fail("getaddrinfo");
	fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) < 0)
		fail("socket");
	if (connect(fd, found->ai_addr, found->ai_addrlen) < 0)
		fail("connect");
	while ((n = read(fd, answer + size, sizeof(answer) - 1 - size)) > 0)
		size += (size_t)n;
	printf("%s\n", answer);
	freeaddrinfo(found);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (strcmp(what, "bridge") == 0 && argc == 4)
		bridge(argv[2], argv[3]);
	else if ((strcmp(what, "up") == 0 || strcmp(what, "down") == 0) && argc == 3)
		set_up(argv[2], what[0] == 'u');
	else if (strcmp(what, "list") == 0)
		list();
	else if (strcmp(what, "show") == 0 && argc == 3)
		show(argv[2]);
	else if (strcmp(what, "serve") == 0 && argc == 4)
		serve(argv[2], argv[3]);
	else if (strcmp(what, "ask") == 0 && argc == 4)
		ask(argv[2], argv[3]);
	else
		return 2;
	return 0;
}
