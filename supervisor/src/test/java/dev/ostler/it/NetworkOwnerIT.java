package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * C41: a helper of the same user that connects a sandbox to the network from outside enters by its user namespace. With
 * some sandboxes that does not own the network any more when there is a /dev.
 */
class NetworkOwnerIT {
    private static final String TTL = "/proc/sys/net/ipv4/ip_default_ttl";

    @ParameterizedTest
    @ValueSource(strings = {"{ dev: /dev }", "{ tmpfs: /dev }"})
    void c41_theNetworkBelongsToTheUserNamespaceOfTheService(String dev) {
        String yaml = """
                services:
                  web:
                    command: [sleep, "1000"]
                    working_dir: /
                    capabilities: { keep: [] }
                    sandbox:
                      root: empty
                      namespaces: [user, pid]
                      user_namespace: { uid: 0, gid: 0 }
                      network: none
                      mounts:
                        - { bind: /usr, read_only: true }
                        - { bind: /bin, optional: true }
                        - { bind: /lib, optional: true }
                        - { bind: /lib64, optional: true }
                        - %s
                """.formatted(dev);
        try (OstlerProject project = OstlerProject.create(As.PLAIN_USER, yaml)) {
            project.run("up", "-d").ok();
            long pid = project.pid("web");
            String own = project.shell("cat " + TTL).ok().out();
            String enter = "nsenter --preserve-credentials --user --net --target " + pid + " ";

            project.shell(enter + "sh -c 'echo 99 > " + TTL + "'").ok();

            assertThat(project.shell(enter + "cat " + TTL).ok().out()).isEqualTo("99\n");
            assertThat(project.shell("cat " + TTL).ok().out()).isEqualTo(own).isNotEqualTo("99\n");
            List<String> namespaces = project.shell(enter + "readlink /proc/self/ns/user /proc/self/ns/net /proc/" + pid
                            + "/ns/user /proc/" + pid + "/ns/net")
                    .ok()
                    .out()
                    .lines()
                    .toList();
            assertThat(namespaces.subList(0, 2)).isEqualTo(namespaces.subList(2, 4));
        }
    }
}
