package dev.ostler.it;

import java.util.List;
import java.util.Optional;

/** What the last run of a service was told about itself: the output of the program {@code inside.c}. */
record Inside(List<String> lines) {
    /** For {@link CProgram#build}. */
    static final String PROGRAM = "inside";

    private static final String END = "end";

    /** Waits until the service has said all of it. */
    static Inside of(OstlerProject project, String service) {
        return Eventually.value(service + " has told all", () -> {
            String tag = "stdout F:" + project.status(service).get("run").asInt() + " ";
            List<String> lines = project.log(service).stream()
                    .filter(line -> line.startsWith(tag))
                    .map(line -> line.substring(tag.length()).strip())
                    .toList();
            if (!lines.contains(END)) {
                throw new IllegalStateException(project.status(service).toString());
            }
            return Optional.of(new Inside(lines));
        });
    }

    /** The only line of a topic, without it. */
    String one(String topic) {
        List<String> all = all(topic);
        if (all.size() != 1) {
            throw new AssertionError(all.size() + " lines about " + topic + " in " + lines);
        }
        return all.get(0);
    }

    /** All lines of a topic, without it. */
    List<String> all(String topic) {
        return lines.stream()
                .filter(line -> line.equals(topic) || line.startsWith(topic + " "))
                .map(line -> line.substring(topic.length()).strip())
                .toList();
    }

    /** {@code CapPrm CapEff CapInh CapAmb CapBnd} of /proc/self/status, in this order. */
    List<String> capabilities() {
        return List.of(one("CapPrm"), one("CapEff"), one("CapInh"), one("CapAmb"), one("CapBnd"));
    }
}
