package dev.ostler.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Exact messages of what is wrong below {@code sandbox}. */
class WrongSandboxTest {
    private static final String KINDS =
            "expected one of bind, tmpfs, proc, dev, sysfs, mqueue, devpts, cgroup, hugetlbfs, file, directory, symlink";

    @Test
    void unknownKeysNameTheNearest() {
        says("sandbox: { hostnam: x }", 16, "hostnam", "unknown key \"hostnam\", did you mean \"hostname\"?");
        says(
                "sandbox: { mounts: [{ tmpfs: /tmp, sise: 1m }] }",
                40,
                "mounts[0].sise",
                "unknown key \"sise\", did you mean \"size\"?");
        says(
                "sandbox: { user_namespace: { uidmap: [] } }",
                34,
                "user_namespace.uidmap",
                "unknown key \"uidmap\", did you mean \"uid_map\"?");
        says("sandbox: { join: { nett: /x } }", 24, "join.nett", "unknown key \"nett\", did you mean \"net\"?");
        says("sandbox: { time: { realtime: 1s } }", 24, "time.realtime", "unknown key \"realtime\"");
    }

    @Test
    void unknownValuesNameTheNearest() {
        says(
                "sandbox: { namespaces: [pid, uds] }",
                34,
                "namespaces[1]",
                "unknown namespace \"uds\", did you mean \"uts\"?");
        says(
                "sandbox: { namespaces: [everything] }",
                29,
                "namespaces[0]",
                "unknown namespace \"everything\"; one of user, mount, pid, net, ipc, uts, cgroup, time");
        says("sandbox: { network: lopback }", 25, "network", "unknown network \"lopback\", did you mean \"loopback\"?");
        says(
                "sandbox: { mounts: [{ proc: /proc, hidepid: 2 }] }",
                49,
                "mounts[0].hidepid",
                "unknown hidepid \"2\"; one of off, noaccess, invisible, ptraceable");
    }

    @Test
    void aMountIsOfOneKind() {
        says("sandbox: { mounts: [{ bind: /a, tmpfs: /b }] }", 25, "mounts[0]", KINDS + ", found bind and tmpfs");
        says("sandbox: { mounts: [{ read_only: true }] }", 25, "mounts[0]", KINDS);
        says("sandbox: { mounts: [{ dev: /dev, proc: /proc }] }", 25, "mounts[0]", KINDS + ", found proc and dev");
        says("sandbox: { mounts: [/tmp] }", 25, "mounts[0]", "expected a mapping, found text");
        says("sandbox: { mounts: { tmpfs: /tmp } }", 24, "mounts", "expected a list, found a mapping");
    }

    @Test
    void aKeyThatDoesNotGoWithAKind() {
        says(
                "sandbox: { mounts: [{ proc: /proc, size: 1m }] }",
                40,
                "mounts[0].size",
                "\"size\" does not go with \"proc\"");
        says("sandbox: { mounts: [{ tmpfs: /tmp, to: /x }] }", 40, "mounts[0].to", "\"to\" does not go with \"tmpfs\"");
        says(
                "sandbox: { mounts: [{ symlink: /bin, to: x, mode: 0755 }] }",
                49,
                "mounts[0].mode",
                "\"mode\" does not go with \"symlink\"");
    }

    @Test
    void pathsInsideAreAbsolute() {
        says(
                "sandbox: { mounts: [{ tmpfs: tmp }] }",
                34,
                "mounts[0].tmpfs",
                "\"tmp\" is not an absolute path without \"..\"");
        says(
                "sandbox: { mounts: [{ bind: /a, to: /b/../c }] }",
                41,
                "mounts[0].to",
                "\"/b/../c\" is not an absolute path without \"..\"");
        says("sandbox: { mask: [/proc/..] }", 23, "mask[0]", "\"/proc/..\" is not an absolute path without \"..\"");
        says(
                "sandbox: { read_only_paths: [etc] }",
                34,
                "read_only_paths[0]",
                "\"etc\" is not an absolute path without \"..\"");
        says("sandbox: { join: { net: 'service:a b' } }", 29, "join.net", "\"a b\" is not the name of a service");
        says(
                "sandbox: { join: { mount: 'service:db' } }",
                31,
                "join.mount",
                "the mount namespace of a service cannot be joined");
        says("sandbox: { join: { net: blue } }", 29, "join.net", "\"blue\" is not an absolute path without \"..\"");
    }

    @Test
    void aLinkNeedsItsText() {
        says("sandbox: { mounts: [{ symlink: /bin }] }", 25, "mounts[0]", "\"to\" is missing");
    }

    @Test
    void idRanges() {
        for (String range : new String[] {"0 1", "0 1 2 3", "0-5"}) {
            says(
                    "sandbox: { user_namespace: { uid_map: [" + range + "] } }",
                    44,
                    "user_namespace.uid_map[0]",
                    "\"" + range + "\" is not an id range; write \"INSIDE OUTSIDE COUNT\"");
        }
        says(
                "sandbox: { user_namespace: { uid_map: [0 -1 1] } }",
                44,
                "user_namespace.uid_map[0]",
                "\"-1\" is not a whole number from 0 to 4294967294");
        says(
                "sandbox: { user_namespace: { gid_map: [0 1 0] } }",
                44,
                "user_namespace.gid_map[0]",
                "\"0\" is not a whole number from 1 to 4294967295");
        says(
                "sandbox: { user_namespace: { uid: 4294967295 } }",
                39,
                "user_namespace.uid",
                "\"4294967295\" is not a whole number from 0 to 4294967294");
    }

    @Test
    void overlays() {
        says("sandbox: { root: { overlay: [] } }", 33, "root.overlay", "an overlay needs a directory");
        says("sandbox: { root: { size: 1m } }", 22, "root", "\"overlay\" is missing");
        says("sandbox: { root: { overlay: [a], upper: b } }", 22, "root", "\"upper\" and \"work\" belong together");
        says(
                "sandbox: { root: { overlay: [a], upper: b, work: c, size: 1m } }",
                63,
                "root.size",
                "\"size\" does not go with \"upper\"");
        says(
                "sandbox: { root: { overlays: [a], overlay: [a] } }",
                24,
                "root.overlays",
                "unknown key \"overlays\", did you mean \"overlay\"?");
    }

    @Test
    void idMapsOfMounts() {
        says(
                "sandbox: { mounts: [{ bind: /a, idmap: services }] }",
                44,
                "mounts[0].idmap",
                "unknown idmap \"services\", did you mean \"service\"?");
        says(
                "sandbox: { mounts: [{ bind: /a, idmap: [] }] }",
                44,
                "mounts[0].idmap",
                "expected \"service\" or at least one range");
        says(
                "sandbox: { mounts: [{ bind: /a, idmap: [0 1] }] }",
                45,
                "mounts[0].idmap[0]",
                "\"0 1\" is not an id range; write \"INSIDE OUTSIDE COUNT\"");
        says(
                "sandbox: { mounts: [{ tmpfs: /a, idmap: service }] }",
                38,
                "mounts[0].idmap",
                "\"idmap\" does not go with \"tmpfs\"");
    }

    @Test
    void otherValues() {
        says("sandbox: { time: { boottime: 500ms } }", 34, "time.boottime", "\"500ms\" is not in whole seconds");
        says(
                "sandbox: { time: { boottime: -1s } }",
                34,
                "time.boottime",
                "\"-1s\" is not a duration; write 250ms, 10s, 5m or 1h");
        says(
                "sandbox: { hostname: " + "x".repeat(65) + " }",
                26,
                "hostname",
                "\"" + "x".repeat(65) + "\" is not a name of 1 to 64 characters");
        says("sandbox: { init: maybe }", 22, "init", "expected true or false, found \"maybe\"");
        says("sandbox: { sysctls: { a.b: '' } }", 32, "sysctls.a.b", "expected text, found an empty one");
    }

    private static void says(String line, int column, String key, String message) {
        assertThat(FakeProject.webWith(line).messages())
                .containsExactly("ostler.yaml:4:" + column + " (services.web.sandbox." + key + "): " + message);
    }
}
