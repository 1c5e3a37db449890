package dev.ostler.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever a file holds, loading it ends in a result whose problems name a file. */
class GarbageTest {
    private static final String SOUND = """
            version: 1
            defaults: { user: "${WHO:-app}" }
            profiles: { p: &p { extends: jvm-service, environment: [A=1] } }
            services:
              web:
                extends: [p]
                command: java -jar 'web.jar'
                depends_on: { db: { condition: ready } }
                ready: { http: "http://127.0.0.1:8080/", timeout: 30s }
                stop: [ { signal: TERM, to: all }, { wait: 20s }, { kill: all } ]
                ulimits: { nofile: { soft: 1, hard: unlimited } }
              db: { <<: *p, command: [x], +group_add: [a], cpu_affinity: 0-1, logs: { rotate: { size: 1m } } }
            """;

    @Property(tries = 300)
    void anyBytes(@ForAll byte[] bytes) {
        assertEnds(bytes);
    }

    @Property(tries = 1000)
    void anyYamlLikeText(@ForAll("yamlLike") String text) {
        assertEnds(text.getBytes(StandardCharsets.UTF_8));
    }

    @Provide
    Arbitrary<String> yamlLike() {
        Arbitrary<String> pieces = Arbitraries.of(
                "services",
                "web",
                "command",
                ":",
                " ",
                "\n",
                "\n  ",
                "\n    ",
                "- ",
                "[",
                "]",
                "{",
                "}",
                "&a ",
                "*a",
                "<<",
                "!t ",
                "'",
                "\"",
                "|\n",
                ">-\n",
                "#",
                "%YAML 9.9\n",
                "---\n",
                "...\n",
                ",",
                "?",
                "~",
                "${A}",
                "$",
                "+",
                "\t",
                "é",
                "0",
                "extends",
                "profiles",
                "p",
                "%TAG ! x\n",
                "@",
                "`");
        return pieces.list().ofMaxSize(40).map(list -> String.join("", list));
    }

    @Property(tries = 2000)
    void soundFileWithOneBytesRunReplaced(@ForAll("edits") Edit edit) {
        byte[] bytes = SOUND.getBytes(StandardCharsets.UTF_8);
        int at = Math.floorMod(edit.at(), bytes.length);
        String text = SOUND.substring(0, at) + edit.with() + SOUND.substring(Math.min(bytes.length, at + edit.drop()));

        assertEnds(text.getBytes(StandardCharsets.UTF_8));
    }

    record Edit(int at, int drop, String with) {}

    @Provide
    Arbitrary<Edit> edits() {
        return net.jqwik.api.Combinators.combine(
                        Arbitraries.integers().between(0, SOUND.length() - 1),
                        Arbitraries.integers().between(0, 30),
                        yamlLike().map(text -> text.substring(0, Math.min(6, text.length()))))
                .as(Edit::new);
    }

    @Property(tries = 1)
    void soundFileIsSound() {
        assertThat(FakeProject.of(SOUND).messages()).isEmpty();
    }

    private static void assertEnds(byte[] bytes) {
        LoadResult result = new FakeProject().bytes("ostler.yaml", bytes).load();

        if (result instanceof LoadResult.Refused refused) {
            List<Problem> problems = refused.problems();
            assertThat(problems).isNotEmpty().allSatisfy(problem -> {
                assertThat(problem.origin().line()).isPositive();
                assertThat(problem.origin().column()).isPositive();
                assertThat(problem.message()).isNotBlank();
            });
        }
    }
}
