package dev.ostler.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ostler.base.ByteSize;
import dev.ostler.base.NearestWord;
import dev.ostler.spec.EnvironmentVariable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Durations, sizes, env files, interpolation, words of a command: for all texts. */
class TextParsersTest {
    @Property
    void durationsMeanTheirUnit(@ForAll @IntRange(max = 8760) int number) throws BadValue {
        assertThat(Durations.parse(number + "ms")).isEqualTo(Duration.ofMillis(number));
        assertThat(Durations.parse(number + "s")).isEqualTo(Duration.ofSeconds(number));
        assertThat(Durations.parse(number + "m")).isEqualTo(Duration.ofMinutes(number));
        assertThat(Durations.parse(number + "h")).isEqualTo(Duration.ofHours(number));
    }

    @Property
    void durationsAreBoundedOrRefused(@ForAll("almostNumbers") String text) {
        try {
            assertThat(Durations.parse(text)).isBetween(Duration.ZERO, Durations.LONGEST);
        } catch (BadValue e) {
            assertThat(e).hasMessageStartingWith("\"" + text + "\" is ");
        }
    }

    @Property
    void sizesPrintAndParse(@ForAll @IntRange(min = 0) int bytes) throws BadValue {
        ByteSize size = new ByteSize(bytes);

        assertThat(Sizes.parse(size.toString())).isEqualTo(size);
        assertThat(Sizes.parse(bytes + "G").bytes()).isEqualTo((long) bytes << 30);
    }

    @Property
    void sizesAreNotNegativeOrRefused(@ForAll("almostNumbers") String text) {
        try {
            assertThat(Sizes.parse(text).bytes()).isNotNegative();
        } catch (BadValue e) {
            assertThat(e).hasMessageStartingWith("\"" + text + "\" is ");
        }
    }

    @Provide
    Arbitrary<String> almostNumbers() {
        return Arbitraries.strings().withChars("0123456789kmgthsKMG .-+").ofMaxLength(24);
    }

    @Property
    void quotedValuesOfEnvFilesComeBack(@ForAll("variables") Map<String, String> variables) {
        StringBuilder text = new StringBuilder("# made by a test\n\n");
        variables.forEach((name, value) ->
                text.append(name).append("=\"").append(quoted(value)).append("\" # note\n"));

        Problems problems = new Problems();
        List<EnvironmentVariable> parsed = EnvFile.parse(text.toString(), "x.env", problems);

        assertThat(problems.isEmpty()).isTrue();
        assertThat(parsed)
                .extracting(v -> Map.entry(v.name(), v.value()))
                .containsExactlyElementsOf(variables.entrySet());
        assertThat(parsed).allMatch(EnvironmentVariable::hidden);
    }

    private static String quoted(String value) {
        return value.replace("\\", "\\\\")
                .replace("\"", "\\\"")
                .replace("\n", "\\n")
                .replace("\r", "\\r");
    }

    @Provide
    Arbitrary<Map<String, String>> variables() {
        Arbitrary<String> names =
                Arbitraries.strings().withChars("ABCxyz_").ofMinLength(1).ofMaxLength(8);
        Arbitrary<String> values =
                Arbitraries.strings().withChars("ab \t'\"\\\n\r#$=é").ofMaxLength(12);
        return Arbitraries.maps(names, values).ofMaxSize(6);
    }

    @Property
    void anyEnvFileIsReadOrRefusedLineByLine(@ForAll String text) {
        Problems problems = new Problems();

        List<EnvironmentVariable> parsed = EnvFile.parse(text, "x.env", problems);

        long lines = text.chars().filter(c -> c == '\n').count() + 1;
        assertThat(parsed.size() + problems.sorted("x.env").size()).isLessThanOrEqualTo((int) lines);
    }

    @Example
    void envFileLines() {
        Problems problems = new Problems();
        String text =
                "A=bare # note\nB= 'it # is' \nC=\"x\\ty\\q\"\r\n D = a#b\nE=\nexport F=1\nG='x\nH='x' y\n=1\nI=$A${B}\n";

        assertThat(EnvFile.parse(text, "x.env", problems))
                .extracting(v -> v.name() + "=" + v.value())
                .containsExactly("A=bare", "B=it # is", "C=x\ty\\q", "D=a#b", "E=", "I=$A${B}");
        assertThat(problems.sorted("x.env"))
                .extracting(Problem::toString)
                .containsExactly(
                        "x.env:6:1: \"export F\" is not a variable name",
                        "x.env:7:1: the value has a ' without its end",
                        "x.env:8:1: text after the closing '",
                        "x.env:9:1: \"\" is not a variable name");
    }

    @Example
    void interpolation() throws BadValue {
        Interpolation in = new Interpolation(Map.of("A", "a", "E", "", "D", "${A}"));

        assertThat(in.resolve("x${A}y").value()).isEqualTo("xay");
        assertThat(in.resolve("${E}|${E:-d}|${E-d}|${U-d}|${U:-${A}}").value()).isEqualTo("|d||d|a");
        assertThat(in.resolve("${D}").value()).isEqualTo("${A}");
        assertThat(in.resolve("$$A $A $ $${A} $$$$").value()).isEqualTo("$A $A $ ${A} $$");
        assertThat(in.resolve("$$A").substituted()).isFalse();
        assertThat(in.resolve("${U:-x}").substituted()).isTrue();
        assertThatThrownBy(() -> in.resolve("${U?no ${A}}")).hasMessage("variable \"U\" is not set: no a");
        assertThatThrownBy(() -> in.resolve("${A:}")).hasMessageStartingWith("\"${A:}\" is not ${NAME}");
        assertThatThrownBy(() -> in.resolve("${U-".repeat(20) + "}".repeat(20))).hasMessageContaining("deep");
    }

    @Property
    void textWithoutDollarStaysAsItIs(@ForAll String text) throws BadValue {
        String plain = text.replace("$", "");

        assertThat(new Interpolation(Map.of()).resolve(plain).value()).isEqualTo(plain);
        assertThat(new Interpolation(Map.of()).resolve(text.replace("$", "$$")).value())
                .isEqualTo(text);
    }

    @Property
    void singleQuotedWordsComeBack(@ForAll("words") List<String> words) throws BadValue {
        String line = String.join(" ", words.stream().map(w -> "'" + w + "'").toList());

        assertThat(CommandLine.split(line)).isEqualTo(words);
    }

    @Provide
    Arbitrary<List<String>> words() {
        return Arbitraries.strings()
                .withChars("ab \"\\\n#;|")
                .ofMaxLength(8)
                .list()
                .ofMaxSize(6);
    }

    @Example
    void nearestWord() {
        List<String> keys = Schema.SERVICE.keys();

        assertThat(NearestWord.of("enviroment", keys)).contains("environment");
        assertThat(NearestWord.of("comand", keys)).contains("command");
        assertThat(NearestWord.of("depend_on", keys)).contains("depends_on");
        assertThat(NearestWord.of("strat", List.of("start"))).contains("start");
        assertThat(NearestWord.of("volumes", keys)).isEmpty();
        assertThat(NearestWord.of("", keys)).isEmpty();
    }
}
