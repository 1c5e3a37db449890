package dev.ostler.it;

import dev.ostler.plan.PlanDecoder;
import dev.ostler.plan.PlanDecoder.DecodedOp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The plan of a service in a file of its project, {@code SERVICE.plan}, and runs of it. */
record PlanFile(OstlerProject project, String service, List<DecodedOp> ops) {
    private static final Path FAULTY = Path.of("../launcher-native/build/ostler-faults");

    static PlanFile of(OstlerProject project, String service) {
        return of(project, "", service);
    }

    /** @param prefix words that go in front of the command */
    static PlanFile of(OstlerProject project, String prefix, String service) {
        project.shell(prefix + project.binary() + " plan -f ostler.yaml -o " + service + ".plan " + service)
                .ok();
        try {
            byte[] bytes = Files.readAllBytes(project.directory().resolve(service + ".plan"));
            return new PlanFile(project, service, PlanDecoder.decode(bytes).ops());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Number of the first op of this kind. */
    int indexOf(String kind) {
        for (int i = 0; i < ops.size(); i++) {
            if (ops.get(i).op().kind().name().equals(kind)) {
                return i;
            }
        }
        throw new AssertionError("the plan has no " + kind);
    }

    /** {@code ostler.yaml:LINE} of the first line with this text in it. */
    static String line(String yaml, String text) {
        return "ostler.yaml:" + (yaml.substring(0, yaml.indexOf(text)).lines().count());
    }

    Result run() {
        return project.run("exec", service + ".plan");
    }

    /** On a kernel that lacks something, see {@code old_kernel.c}, which must be in the project. */
    Result runWithout(String what) {
        return project.shell("exec ./old_kernel " + what + " " + project.binary() + " exec " + service + ".plan");
    }

    /** By the launcher that faults can be put into; {@code prefix} words before it. */
    Result runWithFault(String prefix, String fault) {
        Path launcher = project.directory().resolve("ostler-faults");
        try {
            if (!Files.exists(launcher)) {
                Files.copy(FAULTY, launcher);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return project.shell(
                "OSTLER_FAULT=" + fault + " exec " + prefix + " ./ostler-faults exec " + service + ".plan");
    }
}
