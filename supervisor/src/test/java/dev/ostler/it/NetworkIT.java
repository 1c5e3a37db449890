package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Services with networks of their own. All of it happens in a network namespace that the test made for its host. */
class NetworkIT {
    private static final String TWO = """
            services:
              db:
                command: [./net, serve, "5432", hello from db]
                ready: { tcp: "10.1.0.2:5432" }
                sandbox:
                  network:
                    veth: { bridge: br0, addresses: [10.1.0.2/24, "fd00::2/64"] }
              web:
                command: [sh, -c, "./net ask 10.1.0.2 5432; ./net ask fd00::2 5432; ./net ask 127.0.0.1 80; exec sleep infinity"]
                depends_on: [db]
                sandbox:
                  namespaces: [pid]
                  network:
                    veth: { name: net0, host: web0, bridge: br0, addresses: [10.1.0.3/24, "fd00::3/64"] }
            """;

    private static final String ONE = """
            services:
              web:
                command: [sh, -c, "./net show eth0; ./net ask 10.7.0.1 80; exec ./net serve 80 web"]
                restart: "no"
                sandbox:
                  network:
                    veth:
            %s
            """;

    private static OstlerProject one(As as, String... veth) {
        return OstlerProject.create(as, ONE.formatted("          " + String.join("\n          ", veth)));
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void twoServicesOnABridgeReachEachOther(As as) {
        try (OstlerProject project = OstlerProject.create(as, TWO)) {
            OwnNetwork host = OwnNetwork.of(project, as);

            host.up(as);

            project.await("db", "ready");
            project.await("web", "ready");
            assertThat(Eventually.value("web has asked", () -> said(project, 3)))
                    .containsExactly("hello from db", "hello from db", "connect: ECONNREFUSED");
            assertThat(host.ends()).containsExactly("ve-db", "web0");
            assertThat(host.ask(as, "10.1.0.2", 5432)).isEqualTo("hello from db");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void nothingOfItIsLeftWhenAStopReturns(As as) {
        try (OstlerProject project = OstlerProject.create(as, TWO)) {
            OwnNetwork host = OwnNetwork.of(project, as);
            host.up(as);
            project.await("web", "ready");

            project.run("stop", "web").ok();

            assertThat(host.ends()).containsExactly("ve-db");
            for (int run = 2; run <= 4; run++) { // the name is free again at once
                project.run("restart", "web").ok();
                assertThat(project.awaitRun("web", run)).isNotNull();
            }
            project.run("down").ok();
            assertThat(host.ends()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aPairGoesWithItsNamespaceAndItsNameIsWaitedFor(As as) {
        try (OstlerProject project = OstlerProject.create(as, TWO)) {
            OwnNetwork host = OwnNetwork.of(project, as);
            host.up(as);
            project.await("web", "ready");

            // the init dies with its guard, and nobody is left to remove what was made
            ProcessHandle init = ProcessHandle.of(project.pid("web"))
                    .flatMap(ProcessHandle::parent)
                    .orElseThrow();
            init.parent().orElseThrow().destroyForcibly();

            assertThat(project.awaitRun("web", 2)).isNotNull();
            assertThat(host.ends()).containsExactly("ve-db", "web0");
            project.run("down").ok();
            Eventually.until("nothing is left", () -> host.ends().isEmpty());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void withoutABridgeTheHostHasTheOtherEnd(As as) {
        try (OstlerProject project = one(
                as,
                "host: host-end",
                "mac: 02:00:00:00:00:0a",
                "mtu: 1400",
                "addresses: [10.7.0.2/24, 'fd07::2/64']",
                "host_addresses: [10.7.0.1/24, 'fd07::1/64']",
                "routes: [{ to: default, via: 10.7.0.1 }, { to: 'fd08::/64', via: 'fd07::1' }]")) {
            OwnNetwork host = OwnNetwork.of(project, as);
            host.up(as);

            assertThat(Eventually.value("web has looked", () -> said(project, 2)))
                    .containsExactly("eth0 02:00:00:00:00:0a mtu 1400 up", "connect: ECONNREFUSED"); // by its route
            assertThat(host.ask(as, "10.7.0.2", 80)).isEqualTo("web");
            assertThat(host.ask(as, "fd07::2", 80)).isEqualTo("web");
            assertThat(host.run(as, "./net show host-end").ok().out()).endsWith(" mtu 1400 up\n");
        }
    }

    @Test
    void itIsSoWithAUserNamespaceOfTheService() {
        As.needRoot("a service of another user");
        try (OstlerProject project = OstlerProject.create(
                As.CURRENT,
                TWO.replace(
                        "sandbox:\n      namespaces: [pid]",
                        "user: '54321:54321'\n    sandbox:\n      namespaces: [pid, user]"))) {
            OwnNetwork host = OwnNetwork.of(project, As.CURRENT);

            host.up(As.CURRENT);

            project.await("web", "ready");
            assertThat(Eventually.value("web has asked", () -> said(project, 3)))
                    .startsWith("hello from db");
            project.run("stop").ok();
            assertThat(host.ends()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aRefusalNamesTheLineAndGivesTheWordsOfTheKernel(As as) {
        refuses(
                as,
                "SIOCGIFINDEX \"br-none\": ENODEV (No such device) at ostler.yaml:8:19 (",
                "bridge)",
                "bridge: br-none");
        refuses(
                as,
                "RTM_NEWROUTE \"default via 192.0.2.1 on eth0: Nexthop has invalid gateway\": ENETUNREACH (Network is"
                        + " unreachable) at ostler.yaml:9:20 (",
                "routes[0])",
                "addresses: [10.7.0.2/24]",
                "routes: [{ to: default, via: 192.0.2.1 }]");
        refuses(as, "RTM_NEWADDR \"10.7.0.2/24 on eth0", "addresses[1])", "addresses: [10.7.0.2/24, 10.7.0.2/24]");
        refuses(
                as,
                "RTM_NEWADDR \"10.7.0.1/24 on ve-web",
                "host_addresses[1])",
                "host_addresses: [10.7.0.1/24, 10.7.0.1/24]");
        refuses(
                as,
                "RTM_NEWLINK \"veth pair eth0 and br0\": EEXIST (File exists) at ostler.yaml:8:17 (",
                "host)",
                "host: br0");
    }

    private static void refuses(As as, String begin, String end, String... veth) {
        try (OstlerProject project = one(as, veth)) {
            OwnNetwork host = OwnNetwork.of(project, as);

            Result up = host.run(as, project.binary() + " up -d");

            assertThat(up.err().lines().filter(line -> line.startsWith("cannot start")))
                    .singleElement()
                    .asString()
                    .startsWith("cannot start \"web\": " + begin)
                    .endsWith("services.web.sandbox.network.veth." + end);
            // The kernel takes a network namespace apart in a while.
            Eventually.until("no end is left", () -> host.ends().isEmpty());
        }
    }

    @Test
    void withoutTheRightItIsRefusedBeforeAnythingRuns() {
        try (OstlerProject project = one(As.PLAIN_USER, "bridge: br0")) {
            assertThat(project.run("plan", "-f", "ostler.yaml", "web").err())
                    .contains(
                            "ostler.yaml:8:11 (services.web.sandbox.network.veth): cannot make a veth pair for \"web\":"
                                    + " needs CAP_NET_ADMIN, this supervisor runs as uid ");

            Result made = project.shell("unshare --user --map-root-user true");
            assumeTrue(made.exitCode() == 0, "skipped: no user namespace can be made here: " + made.err());
            assertThat(project.shell("unshare --user --map-root-user " + project.binary() + " plan -f ostler.yaml web")
                            .err())
                    .contains("(services.web.sandbox.network.veth): cannot make a veth pair for \"web\": needs"
                            + " CAP_NET_ADMIN where the network of this supervisor belongs to, outside of its user"
                            + " namespace");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aPlanFileDoesTheSame(As as) {
        try (OstlerProject project = one(as, "bridge: br0", "addresses: [10.1.0.2/24]")) {
            OwnNetwork host = OwnNetwork.of(project, as);
            host.run(as, project.binary() + " plan -f ostler.yaml -o app.plan web")
                    .ok();

            for (String role : List.of("exec", "init")) {
                project.start(host.enter(as), List.of(project.binary(), role, "app.plan"), role);
                assertThat(host.ask(as, "10.1.0.2", 80)).isEqualTo("web");
                assertThat(host.ends()).containsExactly("ve-web");

                project.shell("kill " + launcher(project, role)).ok();

                Eventually.until("the pair has gone", () -> host.ends().isEmpty());
            }
        }
    }

    /** The first process of this role: nsenter has become it. */
    private static long launcher(OstlerProject project, String role) {
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .filter(pid -> OstlerProject.commandLine(pid).startsWith(project.binary() + " " + role + " app.plan"))
                .sorted()
                .findFirst()
                .orElseThrow();
    }

    /** What web has printed, once it is that many lines. */
    private static Optional<List<String>> said(OstlerProject project, int lines) {
        List<String> said = project.log("web").stream()
                .filter(line -> line.startsWith("stdout F:1 "))
                .map(line -> line.substring("stdout F:1 ".length()))
                .toList();
        return said.size() >= lines ? Optional.of(said) : Optional.empty();
    }
}
