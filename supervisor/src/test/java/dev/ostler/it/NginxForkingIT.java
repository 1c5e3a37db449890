package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A daemon that others wrote: nginx as Debian starts it, in the background, its master named by its pid file. */
class NginxForkingIT {
    private static final Path NGINX = Path.of("/usr/sbin/nginx");

    private static final String YAML = """
            services:
              web:
                command: [/usr/sbin/nginx, -p, ., -e, error.log, -c, nginx.conf]
                type: forking
                pid_file: nginx.pid
                ready: { http: "http://127.0.0.1:%1$d/" }
                reload: { exec: [/usr/sbin/nginx, -p, ., -e, error.log, -c, nginx.conf, -s, reload] }
                stop: [ { signal: QUIT }, { wait: 10s } ]
                free_ports: { tcp: [%1$d] }
            """;

    private static final String CONFIGURATION = """
            daemon on;
            pid nginx.pid;
            worker_processes 2;
            events { }
            http {
                access_log off;
                client_body_temp_path tmp/body;
                proxy_temp_path tmp/proxy;
                fastcgi_temp_path tmp/fastcgi;
                uwsgi_temp_path tmp/uwsgi;
                scgi_temp_path tmp/scgi;
                server {
                    listen 127.0.0.1:%d;
                    location / { return 200 "%s"; }
                }
            }
            """;

    private static String answer(int port) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                    .build();
            return HttpClient.newHttpClient()
                    .send(request, HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void isStartedReloadedRestartedAfterACrashAndStopped(As as) throws IOException {
        Assumptions.assumeTrue(Files.isExecutable(NGINX), "needs nginx (package nginx-light)");
        int port = FreePort.next();
        try (OstlerProject project = OstlerProject.create(as, YAML.formatted(port))
                .file("nginx.conf", CONFIGURATION.formatted(port, "one"))) {
            project.shell("mkdir tmp").ok();
            project.run("up", "-d").ok();
            long master = project.pid("web");
            assertThat(project.text("nginx.pid").strip()).isEqualTo(Long.toString(master));
            assertThat(answer(port)).isEqualTo("one");

            project.file("nginx.conf", CONFIGURATION.formatted(port, "two"));
            project.run("reload", "web").ok();
            Eventually.until("it has reloaded", () -> answer(port).equals("two"));
            assertThat(project.pid("web")).isEqualTo(master);

            project.shell("kill -KILL " + master).ok(); // its workers go on, and have to be ended
            JsonNode second = project.awaitRun("web", 2);
            assertThat(second.get("last_exit").get("text").asText()).startsWith("killed by SIGKILL");
            assertThat(second.get("pid").asLong()).isNotEqualTo(master);
            assertThat(answer(port)).isEqualTo("two");

            project.run("stop", "web").ok();
            assertThat(project.status("web").get("last_exit").get("cause").asText())
                    .isEqualTo("requested-stop");
            assertThat(answer(port)).isEmpty();
            assertThat(project.text("nginx.pid")).isEmpty(); // it has ended as it should
        }
    }
}
