package dev.ostler.yaml;

import dev.ostler.base.Located;
import dev.ostler.base.Signal;
import dev.ostler.spec.IfUnsupported;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.spec.UserSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** What is executed, as whom and with which rights. */
final class ProcessKeys extends KeyRows {
    ProcessKeys() {
        process();
        identity();
        privileges();
    }

    private void process() {
        row("extends", "extends: jvm-service", s -> variable(s, "MALLOC_ARENA_MAX"), "2", "-");
        row(
                "command",
                "command: [java, -jar, 'a b.jar']",
                s -> s.process().command().value(),
                List.of("java", "-jar", "a b.jar"),
                List.of("true-program"));
        row("environment", "environment: { PORT: 8080 }", s -> variable(s, "PORT"), "8080", "-");
        row(
                "environment.NAME.file",
                "environment: { A: { file: web.env } }",
                s -> variable(s, "A"),
                "FROM_FILE=yes",
                "-");
        row("env_file", "env_file: web.env", s -> variable(s, "FROM_FILE"), "yes", "-");
        row(
                "working_dir",
                "working_dir: sub/dir",
                s -> s.process().workingDirectory().value(),
                Path.of("/project/sub/dir"),
                Path.of("/project"));
        Function<ServiceSpec, Object> directories = s -> s.process().directories().stream()
                .map(d -> d.path() + " " + Integer.toOctalString(d.mode()))
                .toList();
        row("directories", "directories: [data]", directories, List.of("/project/data 755"), List.of());
        row("directories[].path", "directories: [{ path: /srv/x }]", directories, List.of("/srv/x 755"), List.of());
        row(
                "directories[].mode",
                "directories: [{ path: d, mode: \"0700\" }]",
                directories,
                List.of("/project/d 700"),
                List.of());
        row("umask", "umask: 0027", s -> value(s.process().umask()), 027, 022);
    }

    private void identity() {
        Function<ServiceSpec, Object> user =
                s -> s.process().user().map(ProcessKeys::shown).orElse("-");
        row("user", "user: \"app:web\"", user, "app web FAIL", "-");
        row("user.name", "user: { name: 1000 }", user, "1000 - FAIL", "-");
        row("user.group", "user: { name: app, group: 5 }", user, "app 5 FAIL", "-");
        row("user.if_unsupported", "user: { name: app, if_unsupported: warn }", user, "app - WARN", "-");
        row(
                "group_add",
                "group_add: [audio, 1005]",
                s -> s.process().groupAdd().stream().map(Located::value).toList(),
                List.of("audio", "1005"),
                List.of());
    }

    private void privileges() {
        Function<ServiceSpec, Object> keep = s -> value(s.privilege().keep());
        row("capabilities", "capabilities: { keep: [] }", keep, Set.of(), "-");
        row("capabilities.keep", "capabilities: { keep: [CAP_CHOWN, net_raw] }", keep, Set.of("CHOWN", "NET_RAW"), "-");
        row(
                "securebits",
                "securebits: [noroot, noroot_locked]",
                s -> value(s.privilege().securebits()),
                Set.of("noroot", "noroot_locked"),
                "-");
        Function<ServiceSpec, Object> noNewPrivs = s -> value(s.privilege().noNewPrivs());
        row("no_new_privs", "no_new_privs: false", noNewPrivs, false, true);
        row("sandbox", "sandbox: {}", noNewPrivs, true, true);
        row("sandbox.no_new_privs", "sandbox: { no_new_privs: false }", noNewPrivs, false, true);
        row("death_signal", "death_signal: KILL", s -> value(s.privilege().deathSignal()), Signal.KILL, "-");
    }

    private static String variable(ServiceSpec service, String name) {
        return service.process().environment().stream()
                .filter(v -> v.name().equals(name))
                .map(v -> v.value())
                .findFirst()
                .orElse("-");
    }

    private static String shown(UserSpec user) {
        IfUnsupported otherwise = user.ifUnsupported();
        return user.user() + " " + user.group().orElse("-") + " " + otherwise;
    }
}
