package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rights of a service: it asks the kernel itself, and tries what they are for; nobody looks at it from outside. */
class CapabilitiesIT {
    private static final long KILL = 1L << 5;
    private static final long NET_BIND_SERVICE = 1L << 10;

    private static final String BINDS = """
            profiles:
              binds:
                command: [./inside, "80"]
                user: nobody
                group_add: [daemon, "54322"]
                cpu_affinity: "%s"
                restart: never
            services:
              able:
                extends: binds
                capabilities: { keep: [NET_BIND_SERVICE] }
                ready: { tcp: 80, timeout: 20s }
              unable:
                extends: binds
            """;

    private static final String RIGHTS_OF_ROOT = """
            defaults: { command: [./inside] }
            services:
              untouched: {}
              kept: { capabilities: { keep: [CAP_KILL, NET_BIND_SERVICE] } }
              emptied: { capabilities: { keep: [] } }
              noroot: { capabilities: { keep: [KILL] }, securebits: [noroot] }
              nobody: { user: nobody }
              gains: { user: nobody, capabilities: { keep: [KILL] }, no_new_privs: false }
              locked: { securebits: [keep_caps, keep_caps_locked] }
            """;

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "WITHOUT_CGROUPS"})
    void aKeptCapabilityIsTheOnlyOneAndItLetsTheServiceBindToPort80(As as) {
        As.needRoot("CAP_SETUID, CAP_SETPCAP and a network namespace");
        String cpu = OwnStatus.lastAllowedCpu();
        try (OstlerProject project = OstlerProject.create(as, BINDS.formatted(cpu))) {
            CProgram.build(project, Inside.PROGRAM);

            // 80 is free there, and no sysctl of this host makes it everybody's
            project.shell("unshare --net sh -c 'ip link set lo up && exec \"$0\" up -d' '" + project.binary() + "'");

            Inside able = Inside.of(project, "able");
            Inside unable = Inside.of(project, "unable");
            for (Inside inside : List.of(able, unable)) {
                assertThat(inside.one("unprivileged_port_start")).isEqualTo("1024");
                assertThat(inside.one("NoNewPrivs")).isEqualTo("1");
                assertThat(inside.one("Cpus_allowed_list")).isEqualTo(cpu);
                assertThat(inside.one("Uid")).isEqualTo(fourTimes(said(project, "id -u nobody")));
                assertThat(inside.one("Gid")).isEqualTo(fourTimes(said(project, "id -g nobody")));
                assertThat(groups(inside.one("Groups")))
                        .isEqualTo(groups(said(project, "id -G nobody; getent group daemon | cut -d: -f3") + " 54322"));
            }
            assertThat(able.capabilities()).containsOnly(mask(NET_BIND_SERVICE));
            assertThat(able.one("bind 80")).isEqualTo("done");
            project.await("able", "ready"); // it has let somebody in
            assertThat(unable.capabilities()).containsOnly(mask(0));
            assertThat(unable.one("bind 80")).isEqualTo("EACCES");
        }
    }

    @Test
    void allFiveSetsAreWhatWasAskedForAlsoOfRoot() {
        As.needRoot("CAP_SETUID, CAP_SETPCAP");
        try (OstlerProject project = OstlerProject.create(As.CURRENT, RIGHTS_OF_ROOT)) {
            CProgram.build(project, Inside.PROGRAM);

            project.run("up", "-d").ok();

            assertThat(Inside.of(project, "untouched").capabilities()).isEqualTo(own());
            assertThat(Inside.of(project, "kept").capabilities()).containsOnly(mask(KILL | NET_BIND_SERVICE));
            assertThat(Inside.of(project, "emptied").capabilities()).containsOnly(mask(0));
            assertThat(Inside.of(project, "emptied").one("Uid")).isEqualTo(fourTimes("0"));
            assertThat(Inside.of(project, "noroot").capabilities()).containsOnly(mask(KILL));
            assertThat(Inside.of(project, "noroot").one("securebits")).isEqualTo("1");
            assertThat(Inside.of(project, "nobody").capabilities()).containsOnly(mask(0));
            assertThat(Inside.of(project, "gains").capabilities()).containsOnly(mask(KILL));
            assertThat(Inside.of(project, "gains").one("NoNewPrivs")).isEqualTo("0");
            assertThat(Inside.of(project, "locked").one("securebits")).isEqualTo("32"); // execve(2) takes keep_caps
        }
    }

    @Test
    void aPlainUserThatGivesUpItsCapabilitiesKeepsTheBoundingSetAndIsToldSo() {
        String yaml = """
                services:
                  emptied: { command: [./inside], capabilities: { keep: [] } }
                """;
        try (OstlerProject project = OstlerProject.create(As.PLAIN_USER, yaml)) {
            CProgram.build(project, Inside.PROGRAM);

            Result up = project.run("up", "-d").ok();

            String said = "ostler.yaml:2:57 (services.emptied.capabilities.keep): cannot drop the bounding set of"
                    + " \"emptied\": needs CAP_SETPCAP";
            assertThat(up.err()).contains(said);
            assertThat(project.run("status").ok().out()).contains("degraded: " + said);
            Inside inside = Inside.of(project, "emptied");
            String bounding = OwnStatus.line("CapBnd");
            assertThat(inside.capabilities()).isEqualTo(List.of(mask(0), mask(0), mask(0), mask(0), bounding));
            assertThat(inside.one("NoNewPrivs")).isEqualTo("1");
        }
    }

    @Test
    void securebitsOpenBoundingSetAndAnotherGroupOfAPlainUserAreRefused() {
        String yaml = """
                services:
                  bits: { command: [sleep, "1000"], securebits: [noroot] }
                  open: { command: [sleep, "1000"], capabilities: { keep: [] }, no_new_privs: false }
                  group: { command: [sleep, "1000"], user: { name: "%s", group: daemon } }
                """;
        try (OstlerProject project = OstlerProject.create(As.PLAIN_USER, "")) {
            String uid = said(project, "id -u");
            project.file("ostler.yaml", yaml.formatted(uid));

            Result up = project.run("up", "-d");

            assertThat(up.exitCode()).isEqualTo(1);
            assertThat(up.err()).isEqualTo("""
                    ostler.yaml:2:49 (services.bits.securebits): cannot set the securebits of "bits": needs \
                    CAP_SETPCAP, this supervisor runs as uid %1$s without it
                    ostler.yaml:3:59 (services.open.capabilities.keep): cannot drop the bounding set of "open": needs \
                    CAP_SETPCAP, this supervisor runs as uid %1$s without it
                    ostler.yaml:4:52 (services.group.user.name): cannot run "group" as user "%1$s": needs CAP_SETGID, \
                    this supervisor runs as uid %1$s without it
                    """.formatted(uid));
        }
    }

    /** As {@link Inside#capabilities}. */
    private static List<String> own() {
        return List.of("CapPrm", "CapEff", "CapInh", "CapAmb", "CapBnd").stream()
                .map(OwnStatus::line)
                .toList();
    }

    private static String mask(long capabilities) {
        return String.format("%016x", capabilities);
    }

    /** Real, effective, saved and of the file system. */
    private static String fourTimes(String id) {
        return String.join(" ", id, id, id, id);
    }

    private static Set<Integer> groups(String numbers) {
        return List.of(numbers.strip().split("\\s+")).stream()
                .map(Integer::valueOf)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String said(OstlerProject project, String command) {
        return project.shell(command).ok().out().strip();
    }
}
