package dev.ostler.yaml;

import dev.ostler.spec.ProbeCheck;
import dev.ostler.spec.ProbeSpec;
import dev.ostler.spec.ReadySpec;
import dev.ostler.spec.ServiceCommand;
import dev.ostler.spec.ServiceSpec;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Says what it costs to ask by starting a JVM again and again. */
final class JvmProbes {
    /** Programs of a JDK that start one. */
    private static final Set<String> PROGRAMS =
            Set.of("java", "jcmd", "jstack", "jmap", "jinfo", "jstat", "jps", "jshell", "keytool");

    private static final Pattern IN_A_SCRIPT = Pattern.compile("(^|[\\s/;&|(])(java|jcmd|jstack|jps|jstat)\\s");
    private static final Duration OFTEN = Duration.ofSeconds(60);

    /** CPU time of a JVM that does nothing, on a machine of 2020. */
    private static final double SECONDS_EACH = 0.3;

    private JvmProbes() {}

    static void warn(ServiceSpec service, Problems problems) {
        service.ready().flatMap(ReadySpec::probe).ifPresent(probe -> warn(probe, problems));
        service.health().ifPresent(health -> warn(health.probe(), problems));
    }

    private static void warn(ProbeSpec probe, Problems problems) {
        if (probe.check() instanceof ProbeCheck.Exec exec
                && probe.interval().compareTo(OFTEN) < 0
                && startsJvm(exec.command())) {
            double seconds = probe.interval().toMillis() / 1e3;
            problems.warn(
                    exec.command().origin(),
                    String.format(
                            Locale.ROOT,
                            "a JVM started every %s s takes about %.0f %% of a CPU; \"http\", \"tcp\", \"unix\" and"
                                    + " \"listening\" ask without starting anything",
                            seconds == Math.rint(seconds) ? Long.toString((long) seconds) : Double.toString(seconds),
                            100 * SECONDS_EACH / (seconds + SECONDS_EACH)));
        }
    }

    private static boolean startsJvm(ServiceCommand command) {
        return isJvm(command.program())
                || command.words().stream()
                        .skip(1)
                        .anyMatch(
                                word -> isJvm(word) || IN_A_SCRIPT.matcher(word).find());
    }

    private static boolean isJvm(String word) {
        boolean address = word.contains("://");
        return !address && PROGRAMS.contains(word.substring(word.lastIndexOf('/') + 1));
    }
}
