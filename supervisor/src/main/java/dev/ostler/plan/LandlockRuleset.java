package dev.ostler.plan;

import dev.ostler.linux.LinuxConstants;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the LANDLOCK op hands to the kernel, in its numbers (landlock(7)). What is handled is denied but for what rules
 * allow. Immutable.
 *
 * @param files handled rights of files
 * @param tcp handled rights of TCP
 * @param scopes what stays inside
 */
public record LandlockRuleset(long files, long tcp, long scopes, List<PathRule> paths, List<PortRule> ports) {
    private static final int NUMBERS_OF_PATH = 3;
    private static final int NUMBERS_OF_PORT = 2;

    /**
     * Rights for a file, or for a directory and all below it.
     *
     * @param directoryAccess when it is a directory
     * @param fileAccess when it is anything else
     * @param optional skipped when there is no such path
     * @param origin as people read it
     */
    public record PathRule(String path, long directoryAccess, long fileAccess, boolean optional, String origin) {}

    /** @param origin as people read it */
    public record PortRule(int port, long access, String origin) {}

    public LandlockRuleset {
        paths = List.copyOf(paths);
        ports = List.copyOf(ports);
    }

    /** From the arguments of the op after the three masks; {@link IllegalArgumentException} when they do not match. */
    static LandlockRuleset of(
            long[] masks, List<String> paths, List<Long> pathNumbers, List<Long> portNumbers, List<String> origins) {
        int portCount = portNumbers.size() / NUMBERS_OF_PORT;
        if (pathNumbers.size() != paths.size() * NUMBERS_OF_PATH
                || portNumbers.size() != portCount * NUMBERS_OF_PORT
                || origins.size() != paths.size() + portCount) {
            throw new IllegalArgumentException("malformed plan: lists of LANDLOCK that do not belong together");
        }
        List<PathRule> pathRules = new ArrayList<>();
        for (int i = 0; i < paths.size(); i++) {
            List<Long> of = pathNumbers.subList(NUMBERS_OF_PATH * i, NUMBERS_OF_PATH * (i + 1));
            pathRules.add(new PathRule(paths.get(i), of.get(0), of.get(1), of.get(2) != 0, origins.get(i)));
        }
        List<PortRule> portRules = new ArrayList<>();
        for (int i = 0; i < portCount; i++) {
            int port = Math.toIntExact(portNumbers.get(NUMBERS_OF_PORT * i));
            portRules.add(new PortRule(port, portNumbers.get(NUMBERS_OF_PORT * i + 1), origins.get(paths.size() + i)));
        }
        return new LandlockRuleset(masks[0], masks[1], masks[2], pathRules, portRules);
    }

    void writeTo(Op.ArgumentSink sink) {
        sink.unsigned(files);
        sink.unsigned(tcp);
        sink.unsigned(scopes);
        sink.strings(paths.stream().map(PathRule::path).toList());
        sink.numbers(paths.stream()
                .flatMap(rule -> Stream.of(rule.directoryAccess(), rule.fileAccess(), rule.optional() ? 1L : 0L))
                .toList());
        sink.numbers(ports.stream()
                .flatMap(rule -> Stream.of((long) rule.port(), rule.access()))
                .toList());
        sink.strings(Stream.concat(
                        paths.stream().map(PathRule::origin), ports.stream().map(PortRule::origin))
                .toList());
    }

    /** Of the rule that a refusal names: from 1, those of paths first; empty for none. */
    Optional<String> origin(int rule) {
        if (rule >= 1 && rule <= paths.size()) {
            return Optional.of(paths.get(rule - 1).origin());
        }
        int port = rule - paths.size();
        return port >= 1 && port <= ports.size()
                ? Optional.of(ports.get(port - 1).origin())
                : Optional.empty();
    }

    /** Whether it takes the right to execute from files without a rule. */
    boolean restrictsExecute() {
        return (files & LandlockAccess.EXECUTE.bit()) != 0;
    }

    /** {@code 5 paths, 1 port to bind, scope signal}: what is restricted, and to how much. */
    public String summary() {
        List<String> parts = new ArrayList<>();
        if (files != 0) {
            parts.add(counted(paths.size(), "path"));
        }
        parts.addAll(portSummary(LinuxConstants.LANDLOCK_ACCESS_NET_BIND_TCP, "to bind"));
        parts.addAll(portSummary(LinuxConstants.LANDLOCK_ACCESS_NET_CONNECT_TCP, "to connect to"));
        if (scopes != 0) {
            parts.add("scope " + scopeWords(scopes));
        }
        return String.join(", ", parts);
    }

    private List<String> portSummary(long access, String purpose) {
        long count =
                ports.stream().filter(rule -> (rule.access() & access) != 0).count();
        return (tcp & access) != 0 ? List.of(counted(count, "port") + " " + purpose) : List.of();
    }

    private static String counted(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    /** {@code files=… tcp=bind,connect (not udp) scope=signal ["/usr": read_file,read_dir] [8080: bind]}. */
    String text() {
        List<String> words = new ArrayList<>();
        if (files != 0) {
            words.add("files=" + LandlockAccess.words(files));
        }
        if (tcp != 0) {
            words.add("tcp=" + tcpWords(tcp) + " (not udp)"); // no version that Ostler knows restricts it
        }
        if (scopes != 0) {
            words.add("scope=" + scopeWords(scopes));
        }
        paths.forEach(rule -> words.add("[" + PlanWords.quoted(rule.path()) + ": "
                + LandlockAccess.words(rule.directoryAccess()) + (rule.optional() ? "; optional]" : "]")));
        ports.forEach(rule -> words.add("[" + rule.port() + ": " + tcpWords(rule.access()) + "]"));
        return String.join(" ", words);
    }

    private static String tcpWords(long mask) {
        return two(
                mask,
                LinuxConstants.LANDLOCK_ACCESS_NET_BIND_TCP,
                "bind",
                LinuxConstants.LANDLOCK_ACCESS_NET_CONNECT_TCP,
                "connect");
    }

    private static String scopeWords(long mask) {
        return two(
                mask,
                LinuxConstants.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET,
                "abstract_unix_socket",
                LinuxConstants.LANDLOCK_SCOPE_SIGNAL,
                "signal");
    }

    private static String two(long mask, long first, String firstName, long second, String secondName) {
        List<String> names = new ArrayList<>();
        if ((mask & first) != 0) {
            names.add(firstName);
        }
        if ((mask & second) != 0) {
            names.add(secondName);
        }
        return String.join(",", names);
    }
}
