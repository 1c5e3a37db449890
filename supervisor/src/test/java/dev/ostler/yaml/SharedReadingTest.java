package dev.ostler.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.Origin;
import dev.ostler.spec.ServiceSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** A service is what it would be alone, whatever is read before it. */
class SharedReadingTest {
    private static final String LAYERS = """
            defaults:
              nice: 1
              environment: { A: b }
              group_add: ["7"]
              restart: { limit: { count: 3, within: 1m } }
            profiles:
              p:
                restart: { policy: always }
                +group_add: ["8"]
                logs: { rotate: { keep: 1 } }
                health: { tcp: 80 }
                sandbox: { hostname: p, namespaces: [pid] }
              q:
                extends: p
                stop: [ { signal: INT, to: all }, { wait: 1s } ]
                watchdog: 5s
                user: { name: "1", group: "1" }
            """;

    /** Only where a service extends it: each profile of the file is checked. */
    private static final String WRONG = """
              wrong:
                logs: { rotate: { keep: -1 } }
                oom_policy: none
            """;

    /** What may be in a service, some of it wrong. */
    private static final List<String> PARTS = List.of(
            "extends: p",
            "extends: q",
            "extends: [p, q]",
            "extends: wrong",
            "nice: 2",
            "oom_score_adj: 5",
            "ulimits: { nofile: 10 }",
            "numa: { policy: bind, nodes: [0] }",
            "keyring: private",
            "mem_limit: 1g",
            "cgroup: { oom_group: true }",
            "hugetlb: { 2m: 4m }",
            "blkio_config: { weight: 20 }",
            "capabilities: { keep: [] }",
            "no_new_privs: false",
            "death_signal: TERM",
            "ready: notify",
            "ready: { tcp: 1, timeout: 2s }",
            "ready: { http: 'http://127.0.0.1:1/' }",
            "health: { file: /x, interval: 3s }",
            "health: { start_period: 3s }",
            "watchdog: 1s",
            "file_descriptor_store_max: 3",
            "notify_access: main",
            "sockets: { s: { tcp: 8080 } }",
            "sockets: { s: { udp: 8080, as: stdin } }",
            "activation: traffic",
            "activation: { every: 1h }",
            "activation: { cron: '* * * * *', time_zone: UTC }",
            "remain: true",
            "conditions: { path_exists: /x }",
            "restart: always",
            "restart: { backoff: { initial: 1m } }",
            "restart: { backoff: { initial: 1s, max: 2s }, success_exit_status: [3, HUP] }",
            "oom_policy: stop",
            "free_ports: { tcp: [80] }",
            "free_ports: { within: 1s }",
            "type: oneshot",
            "type: forking",
            "type: other",
            "pid_file: /run/x.pid",
            "disabled: true",
            "groups: [g, h]",
            "groups: [g, g]",
            "hooks: { pre_start: [a, b] }",
            "hooks: { post_stop: { command: c, timeout: 1s } }",
            "stop_signal: INT",
            "stop_grace_period: 2s",
            "stop: [ { http: 'http://127.0.0.1:1/', timeout: 1s }, { wait: 1s }, { kill: all } ]",
            "heap_dump_grace_period: 1m",
            "reload: { signal: HUP }",
            "reload: [ { exec: [a] }, { ready: 1s } ]",
            "logs: { timestamps: false }",
            "logs: { rotate: { size: big } }",
            "user: '2:2'",
            "+group_add: ['9']",
            "umask: '077'",
            "directories: [/x, { path: /y, mode: '0700' }]",
            "environment: { B: c }",
            "environment: [A=d]",
            "working_dir: /tmp",
            "sandbox: { init: false, namespaces: [pid] }",
            "sandbox: { root: empty, mounts: [ { tmpfs: /tmp } ] }",
            "sandbox: { seccomp: { deny: [ptrace] }, no_new_privs: false }",
            "unknown: 1");

    @Property(tries = 400)
    void whateverIsReadBefore(@ForAll("services") List<List<Integer>> services) {
        LoadResult together = project(services, -1).load();
        TreeSet<String> problems = new TreeSet<>();
        TreeSet<String> warnings = new TreeSet<>();
        Map<String, ServiceSpec> alone = new LinkedHashMap<>();
        for (int i = 0; i < services.size(); i++) {
            LoadResult one = project(services, i).load();
            if (one instanceof LoadResult.Loaded loaded) {
                loaded.project()
                        .services()
                        .forEach(spec -> alone.put(spec.name().value(), spec));
                loaded.warnings().forEach(warning -> warnings.add(warning.toString()));
            } else {
                ((LoadResult.Refused) one).problems().forEach(problem -> problems.add(problem.toString()));
            }
        }
        if (together instanceof LoadResult.Loaded loaded) {
            assertThat(problems).isEmpty();
            assertThat(loaded.warnings().stream().map(Problem::toString)).containsExactlyInAnyOrderElementsOf(warnings);
            assertThat(loaded.project().services()).containsExactlyElementsOf(alone.values());
        } else {
            assertThat(((LoadResult.Refused) together).problems().stream().map(Problem::toString))
                    .containsExactlyInAnyOrderElementsOf(problems);
        }
    }

    @Provide
    Arbitrary<List<List<Integer>>> services() {
        Arbitrary<List<Integer>> parts = Arbitraries.integers()
                .between(0, PARTS.size() - 1)
                .list()
                .uniqueElements()
                .ofMaxSize(3);
        return parts.list().ofMinSize(2).ofMaxSize(8);
    }

    /** All of them, or one alone in the lines where it would be. */
    private static FakeProject project(List<List<Integer>> services, int alone) {
        boolean extendsWrong = services.stream().anyMatch(parts -> parts.contains(PARTS.indexOf("extends: wrong")));
        StringBuilder text =
                new StringBuilder(LAYERS).append(extendsWrong ? WRONG : "").append("services:\n");
        for (int i = 0; i < services.size(); i++) {
            List<String> lines = new ArrayList<>(List.of("  s" + i + ":", "    command: [x]"));
            services.get(i).forEach(part -> lines.add("    " + PARTS.get(part)));
            lines.forEach(line -> text.append(alone == -1 || lines.get(0).equals("  s" + alone + ":") ? line : "")
                    .append('\n'));
        }
        return FakeProject.of(text.toString());
    }

    @Test
    void whatNoServiceWritesIsOneInstance() {
        List<ServiceSpec> services = FakeProject.of(
                        "services:", "  a: { command: [x] }", "  b: { command: [y], nice: 1 }", "  c: { command: [z] }")
                .loaded()
                .project()
                .services();
        assertThat(services.get(2).limits()).isSameAs(services.get(0).limits());
        assertThat(services.get(2).stop()).isSameAs(services.get(1).stop());
        assertThat(services.get(2).restart()).isSameAs(services.get(0).restart());
        assertThat(services.get(2).lifecycle()).isSameAs(services.get(0).lifecycle());
    }

    @Test
    void whatAProfileGivesIsOneInstance() {
        List<ServiceSpec> services = FakeProject.of(
                        "profiles: { p: { restart: { policy: always }, sandbox: { hostname: h } } }",
                        "services:",
                        "  a: { extends: p, command: [x] }",
                        "  b: { extends: p, command: [y], scale: 2 }")
                .loaded()
                .project()
                .services();
        assertThat(services).hasSize(3).allSatisfy(service -> {
            assertThat(service.restart()).isSameAs(services.get(0).restart());
            assertThat(service.sandbox()).isSameAs(services.get(0).sandbox());
        });
    }

    @Test
    void aReaderThatAsksForMoreThanKeysIsNotSpared() {
        SharedReading<Void, Origin> place = SharedReading.of(map -> map.has("a") ? null : map.origin());
        SharedReading<Void, List<YamlMap.Field>> all = SharedReading.of(YamlMap::fields);
        assertThat(place.read(map(1), null).line()).isEqualTo(1);
        assertThat(place.read(map(2), null).line()).isEqualTo(2);
        assertThat(all.read(map(1, "b"), null)).hasSize(1);
        assertThat(all.read(map(1), null)).isEmpty();
    }

    @Test
    void whatElseAReaderGoesByIsToBeTheSame() {
        SharedReading<Boolean, String> reading = new SharedReading<>((map, given) -> map.has("a") + " " + given);
        assertThat(reading.read(map(1), true)).isEqualTo("false true");
        assertThat(reading.read(map(1), false)).isEqualTo("false false");
        assertThat(reading.read(map(1, "a"), false)).isEqualTo("true false");
        assertThat(reading.read(map(2), true)).isEqualTo("false true");
    }

    private static YamlMap map(int line, String... keys) {
        Origin origin = new Origin("f", line, 1, "");
        Map<String, YamlNode.Entry> entries = new LinkedHashMap<>();
        for (String key : keys) {
            entries.put(key, new YamlNode.Entry(key, origin, new YamlNode.Scalar(origin, "x")));
        }
        return new YamlMap(new YamlNode.Mapping(origin, entries), null);
    }
}
