package dev.ostler.it;

import dev.ostler.plan.OpKind;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The plans whose every op fails in a test of P29. A kind of op that none of them has would fail nowhere. */
enum FaultPlan {
    FULL(Set.of(), """
            services:
              web:
                command: [sh, -c, 'echo ran > /out/ran', MARK]
                working_dir: /
                umask: "0027"
                death_signal: KILL
                cpu_affinity: 0
                ulimits: { core: 0 }
                capabilities: { keep: [] }
                restart: "no"
                nice: 1 # root
                oom_score_adj: 100 # root
                user: "54321:54321" # root
                securebits: [noroot] # root
                sandbox:
                  namespaces: [pid, ipc, cgroup, time]
                  root: empty
                  read_only: true
                  network: loopback
                  hostname: inside
                  time: { boottime: 1h }
                  sysctls: { net.core.somaxconn: 100 }
                  mask: [/proc/kcore]
                  read_only_paths: [/proc/sys]
                  mounts:
                    - { bind: /usr, read_only: true }
                    - { symlink: /bin, to: usr/bin }
                    - { symlink: /lib, to: usr/lib }
                    - { symlink: /lib64, to: usr/lib64 }
                    - { proc: /proc }
                    - { dev: /dev }
                    - { tmpfs: /tmp }
                    - { directory: /run/web }
                    - { file: /etc/motd, content: hello }
                    - { bind: out, to: /out }
            """),
    NETWORK(Set.of(), """
            services:
              web:
                command: [sh, -c, "echo ran > out/ran"]
                death_signal: KILL
                restart: "no"
                sandbox:
                  namespaces: [pid, ipc]
                  hostname: inside
                  network:
                    veth:
                      bridge: br0
                      mtu: 1400
                      mac: 02:00:00:00:00:0a
                      addresses: [10.1.0.2/24, 'fd00::2/64']
                      routes: [{ to: default, via: 10.1.0.254 }, { to: 10.9.0.0/16, via: 10.1.0.254 }]
                  mounts: [{ tmpfs: /tmp }, { bind: out }]
            """),
    LAYERS(Set.of(), """
            services:
              web:
                command: [sh, -c, 'echo ran > out/ran', MARK]
                restart: "no"
                working_dir: /
                sandbox:
                  root: { overlay: [base], size: 1m }
                  mounts:
                    - { bind: /usr, read_only: true }
                    - { symlink: /bin, to: usr/bin }
                    - { symlink: /lib, to: usr/lib }
                    - { symlink: /lib64, to: usr/lib64 }
                    - { bind: out, to: /out }
            """),
    /** Of a directory of the project, where a file system of the host may be shown under other owners. */
    RIGHTS(Set.of(), """
            services:
              web:
                command: [sh, -c, 'echo ran > out/ran', MARK]
                restart: "no"
                working_dir: /tmp
                user: "54321:54321"
                capabilities: { keep: [NET_BIND_SERVICE] }
                sandbox:
                  namespaces: [pid]
                  mounts:
                    - { tmpfs: /tmp }
                    - { bind: out, to: /tmp/out, idmap: ["0 54321 1"] }
            """),
    SHARES(Set.of(), """
            services:
              web:
                command: [sh, -c, 'echo ran > out/ran', MARK]
                restart: "no"
                scheduling: { policy: batch, reset_on_fork: true }
                nice: 3
                io_priority: { class: best-effort, level: 7 }
                numa: { policy: interleave, nodes: 0 }
                timer_slack: 10ms
                transparent_hugepages: false
                memory_deny_write_execute: true
                coredump_filter: [elf-headers]
                keyring: private
                sandbox:
                  seccomp: { deny: [personality] }
                  landlock: { execute: [/usr], write: [out, /dev/null] }
            """),
    /** Needs ran.c, built static, and a machine whose cores have threads. */
    PROCESSOR(Set.of(), """
            services:
              web:
                command: [./ran, MARK]
                restart: "no"
                core_scheduling: true
                tsc: deny
            """),
    JOINED(Set.of(), """
            services:
              web:
                command: [sh, -c, 'echo ran > out/ran', MARK]
                restart: "no"
                sandbox: { join: { ipc: /proc/OWN/ns/ipc } }
            """),
    /** Of {@code run -t}, with the profile and without one. */
    TERMINAL(Set.of(OpKind.TERMINAL), """
            services: { unused: { command: ['true'] } }
            profiles:
              box:
                working_dir: /tmp
                sandbox:
                  namespaces: [mount, pid, ipc, uts]
                  read_only: true
                  mounts: [ { proc: /proc }, { dev: /dev }, { tmpfs: /tmp }, { bind: out, to: /tmp/out } ]
            """),
    /** What only a supervisor has to give. */
    SUPERVISED(Set.of(OpKind.NOTIFY_SOCKET, OpKind.OWN_PID, OpKind.CGROUP_JOIN, OpKind.JOIN_PROCESS), """
            services:
              db:
                command: [sleep, '1000']
                sandbox: { namespaces: [ipc] }
              web:
                command: [sh, -c, 'echo ran > out/ran', MARK]
                restart: "no"
                depends_on: { db: { condition: started } }
                ready: { notify: true }
                sockets: { app: { unix: app.sock } }
                mem_limit: 64m # root
                pids_limit: 50 # root
                sandbox: { join: { user: 'service:db', ipc: 'service:db' } } # other
                sandbox: { join: { ipc: 'service:db' } } # root
            """);

    private final Set<OpKind> own;
    private final String yaml;

    FaultPlan(Set<OpKind> own, String yaml) {
        this.own = own;
        this.yaml = yaml;
    }

    /** The kinds of op that no plan has which {@code ostler plan} writes. */
    Set<OpKind> own() {
        return own;
    }

    /** For whoever runs it, with a program that has the mark among its arguments and makes the file out/ran. */
    String yaml(As as, String mark) {
        String others = as.hasRoot() ? " # other" : " # root";
        return yaml.lines()
                .filter(line -> !line.endsWith(others))
                .collect(Collectors.joining("\n", "", "\n"))
                .replace("MARK", mark)
                .replace("OWN", Long.toString(ProcessHandle.current().pid()));
    }

    /** Those whose whole plan can be had without a supervisor. */
    static List<FaultPlan> written() {
        return List.of(values()).stream().filter(plan -> plan.own.isEmpty()).toList();
    }
}
