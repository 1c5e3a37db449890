package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Servers of Debian packages: each is ready when it says so, comes back from a crash, reloads, ends in its own way. */
class RealDaemonsIT {
    private static final Path POSTGRES = Path.of("/usr/lib/postgresql");

    private static Path need(String program, String debianPackage) {
        Path path = Path.of(program);
        assumeTrue(Files.isExecutable(path), "needs " + program + " (package " + debianPackage + ")");
        return path;
    }

    /** Of the service and all below it. */
    private static List<ProcessHandle> processes(OstlerProject project, String service) {
        ProcessHandle main = ProcessHandle.of(project.pid(service)).orElseThrow();
        return Stream.concat(Stream.of(main), main.descendants()).toList();
    }

    /** Waits for the run after that of these processes, of which nothing may be left then. */
    private static JsonNode crash(OstlerProject project, String service, List<ProcessHandle> processes) {
        ProcessHandle main = processes.get(0);
        main.destroyForcibly();
        JsonNode status = Eventually.value(service + " is ready again" + project.logs(), () -> {
            JsonNode now = project.status(service);
            boolean again =
                    now.get("state").asText().equals("ready") && now.get("pid").asLong() != main.pid();
            return again ? Optional.of(now) : Optional.empty();
        });
        assertThat(processes).noneMatch(ProcessHandle::isAlive);
        assertThat(status.get("restarts").asInt()).isEqualTo(1);
        assertThat(status.at("/last_exit/signal").asText()).isEqualTo("SIGKILL");
        return status;
    }

    /** By the service's own ladder, in its own time; it ends by itself with code 0. */
    private static void stop(OstlerProject project, String service) {
        List<ProcessHandle> processes = processes(project, service);
        project.run("stop", service).ok();

        JsonNode status = project.status(service);
        assertThat(status.get("state").asText()).isEqualTo("down");
        assertThat(status.at("/last_exit/code").asInt(-1)).isZero();
        assertThat(processes).noneMatch(ProcessHandle::isAlive);
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void nginx(As as) {
        need("/usr/sbin/nginx", "nginx-light");
        int port = FreePort.next();
        String yaml = """
                services:
                  web:
                    command: [nginx, -p, ., -e, stderr, -c, nginx.conf]
                    ready: { http: { url: "http://127.0.0.1:%d/", status: 200, body: one } }
                    reload: { signal: HUP }
                    stop: [ { signal: QUIT }, { wait: 20s }, { kill: all } ]
                """.formatted(port);
        String configuration = """
                daemon off;
                pid nginx.pid;
                worker_processes 2;
                events {}
                http {
                    access_log off;
                    client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp;
                    uwsgi_temp_path tmp; scgi_temp_path tmp;
                    server { listen 127.0.0.1:%d; location / { return 200 "%s"; } }
                }
                """;
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            project.file("nginx.conf", configuration.formatted(port, "one"))
                    .run("up", "-d")
                    .ok();
            assertThat(processes(project, "web")).hasSizeGreaterThanOrEqualTo(3);

            JsonNode again = crash(project, "web", processes(project, "web"));

            project.file("nginx.conf", configuration.formatted(port, "two"));
            project.run("reload", "web").ok();
            Eventually.until("it has reloaded", () -> get(port).equals("two"));
            assertThat(project.pid("web")).isEqualTo(again.get("pid").asLong());
            stop(project, "web");
        }
    }

    /** In a sandbox that shows its data alone. */
    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void redis(As as) {
        need("/usr/bin/redis-server", "redis-server");
        int port = FreePort.next();
        String yaml = """
                services:
                  cache:
                    extends: network-service
                    command: [redis-server, --port, '%d', --bind, 127.0.0.1, --supervised, systemd, --appendonly, 'yes',
                              --appendfsync, always, --dir, data]
                    ready: notify
                    health: { exec: [redis-cli, -p, '%d', ping], interval: 100ms }
                    reload: { exec: [sh, -c, 'redis-cli -e -p %d config set maxmemory $$(cat data/limit)'] }
                    sandbox: { +mounts: [ { bind: data } ] }
                """.formatted(port, port, port);
        String client = "redis-cli -p " + port + " ";
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            FaultWalk.writable(project, "data");
            project.run("up", "-d").ok();
            assertThat(project.status("cache").get("status_text").asText()).isEqualTo("Ready to accept connections");
            project.shell(client + "set key value").ok();

            crash(project, "cache", processes(project, "cache"));

            assertThat(project.shell(client + "get key").out()).isEqualTo("value\n");
            Eventually.until(
                    "it is healthy",
                    () -> project.status("cache").at("/health/state").asText().equals("healthy"));
            project.file("data/limit", "64mb");
            project.run("reload", "cache").ok();
            assertThat(project.shell(client + "config get maxmemory").out()).endsWith("67108864\n");
            project.file("data/limit", "much");
            assertThat(project.run("reload", "cache").err()).startsWith("cannot reload \"cache\": exec sh: exited 1");
            stop(project, "cache");
            assertThat(project.log("cache")).anyMatch(line -> line.contains("ready to exit"));
        }
    }

    private static Path postgres() throws IOException {
        assumeTrue(Files.isDirectory(POSTGRES), "needs " + POSTGRES + " (package postgresql)");
        try (Stream<Path> versions = Files.list(POSTGRES)) {
            Path programs = versions.map(version -> version.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("postgres")))
                    .findFirst()
                    .orElse(POSTGRES);
            return need(programs.resolve("postgres").toString(), "postgresql").getParent();
        }
    }

    /** Never as root. While one process of a crashed server is left, no other starts on its data. */
    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "USER_WITH_IDS"})
    void postgresql(As as) throws IOException {
        Path programs = postgres();
        String yaml = """
                services:
                  db:
                    %scommand: [postgres, -D, data, -k, '${PWD}', -c, listen_addresses=, -c, fsync=off]
                    environment: { PATH: '%s:/usr/bin:/bin', LC_ALL: C.UTF-8 }
                    hooks: { pre_start: [sh, -c, 'test -e data || initdb --no-sync -A trust -U app -D data'] }
                    ready: { notify: true, timeout: 60s }
                    health: { exec: [pg_isready, -q, -h, '${PWD}'], interval: 200ms }
                    reload: { exec: [pg_ctl, reload, -s, -D, data] }
                    stop: [ { signal: INT }, { wait: 20s }, { kill: all } ]
                """.formatted(as.hasRoot() ? "user: postgres\n    " : "", programs);
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            String directory = project.directory().toString();
            String client = programs + "/psql -h " + directory + " -U app -d postgres -At -c ";
            project.env("PWD", directory).run("up", "-d").ok();
            project.shell(client + "'create table t as select 42 as a'").ok();
            List<ProcessHandle> processes = processes(project, "db");
            assertThat(processes).hasSizeGreaterThan(4);

            JsonNode again = crash(project, "db", processes);

            assertThat(project.shell(client + "'select a from t'").out()).isEqualTo("42\n");
            project.shell("echo \"work_mem = '5MB'\" >> data/postgresql.conf").ok();
            project.run("reload", "db").ok();
            Eventually.until(
                    "it has reloaded",
                    () -> project.shell(client + "'show work_mem'").out().equals("5MB\n"));
            assertThat(project.pid("db")).isEqualTo(again.get("pid").asLong());
            stop(project, "db");
        }
    }

    private static String get(int port) {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port)).build();
        try {
            return HttpClient.newHttpClient()
                    .send(request, HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException ignored) { // between two
            return "";
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
