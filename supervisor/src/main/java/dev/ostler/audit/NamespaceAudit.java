package dev.ostler.audit;

import dev.ostler.base.Origin;
import dev.ostler.base.Pid;
import dev.ostler.base.ServiceName;
import dev.ostler.linux.FileIdentity;
import dev.ostler.linux.NamespaceVisit;
import dev.ostler.plan.NetworkOp;
import dev.ostler.plan.Op;
import dev.ostler.plan.PlannedOp;
import dev.ostler.plan.SandboxOp;
import dev.ostler.spec.NamespaceType;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Namespaces, and what is set in them. Whether two processes are in one namespace, everybody may ask who may look into both;
 * the names of a UTS namespace and kernel parameters show inside only, which takes CAP_SYS_ADMIN.
 */
final class NamespaceAudit {
    private static final String OWN = "its own";
    private static final String SUPERVISORS = "the supervisor's";
    private static final String LOOPBACK = "127.0.0.1";

    private final Findings findings;
    private final SandboxFacts facts;
    private final KernelFacts kernel;
    private final Subject subject;

    NamespaceAudit(Findings findings, KernelFacts kernel, Subject subject) {
        this.findings = findings;
        this.facts = kernel.sandbox();
        this.kernel = kernel;
        this.subject = subject;
    }

    /** True when the op is one of those that are looked at here. */
    boolean audit(Op op, Origin origin) {
        if (op instanceof SandboxOp.Namespaces asked) {
            namespaces(asked, origin);
        } else if (op instanceof SandboxOp.Join asked) {
            joined(asked, origin);
        } else if (op instanceof SandboxOp.JoinProcess asked) {
            for (NamespaceType type : NamespaceType.values()) {
                if ((asked.types() & type.flag()) != 0) {
                    shared(type, asked.service(), origin);
                }
            }
        } else if (op instanceof SandboxOp.TimeOffsets asked) {
            own(NamespaceType.TIME, origin);
            findings.compare("time offsets", asked.text(), origin, () -> offsets(asked));
        } else if (op instanceof SandboxOp.CgroupNamespace) {
            own(NamespaceType.CGROUP, origin);
        } else if (op instanceof SandboxOp.Hostname asked) {
            findings.compare("hostname", asked.text(), origin, "CAP_SYS_ADMIN", () -> names(asked));
        } else if (op instanceof SandboxOp.Sysctl asked) {
            sysctl(asked, origin);
        } else if (op instanceof NetworkOp asked) {
            network(asked, origin);
        } else if (op instanceof SandboxOp.Loopback) {
            findings.compare("loopback", "up", origin, this::loopback);
        } else if (op instanceof SandboxOp.Init) {
            findings.compare("init", "process 1 of the namespace", origin, this::init);
        } else {
            return false;
        }
        return true;
    }

    private void namespaces(SandboxOp.Namespaces asked, Origin origin) {
        for (NamespaceType type : NamespaceType.values()) {
            if ((asked.flags() & type.flag()) != 0) {
                own(type, origin);
            }
        }
        Set<NamespaceType> others = EnumSet.allOf(NamespaceType.class);
        others.removeIf(type -> (asked.flags() & type.flag()) != 0);
        for (PlannedOp planned : subject.plan().ops()) {
            if (planned.op() instanceof SandboxOp.Join join) {
                others.remove(join.type());
            } else if (planned.op() instanceof SandboxOp.JoinProcess join) {
                others.removeIf(type -> (join.types() & type.flag()) != 0);
            } else if (planned.op() instanceof SandboxOp.TimeOffsets) {
                others.remove(NamespaceType.TIME);
            } else if (planned.op() instanceof SandboxOp.CgroupNamespace) {
                others.remove(NamespaceType.CGROUP);
            }
        }
        findings.compare("other namespaces", SUPERVISORS, origin, () -> notAsked(others));
        if ((asked.flags() & NamespaceType.USER.flag()) != 0) {
            ids(asked, origin);
        }
    }

    /** A program that is allowed to may move to namespaces of its own making. */
    private Truth notAsked(Set<NamespaceType> types) {
        List<NamespaceType> left =
                types.stream().filter(type -> !isSupervisors(type)).toList();
        String text = left.isEmpty()
                ? SUPERVISORS
                : left.stream().map(NamespaceType::key).collect(Collectors.joining(",")) + " of its own";
        return Truth.compareOwn(List.of(), left, text);
    }

    private void own(NamespaceType type, Origin origin) {
        findings.compare("namespace " + type, OWN, origin, () -> {
            boolean shared = isSupervisors(type);
            return Truth.compare(false, shared, shared ? SUPERVISORS : OWN);
        });
    }

    private boolean isSupervisors(NamespaceType type) {
        return facts.namespace(subject.main(), type).isSameFile(facts.namespace(subject.supervisor(), type));
    }

    private void joined(SandboxOp.Join asked, Origin origin) {
        findings.compare("namespace " + asked.type(), "that of " + asked.path(), origin, () -> {
            FileIdentity wanted = facts.file(Path.of(asked.path()));
            boolean there = facts.namespace(subject.main(), asked.type()).isSameFile(wanted);
            String other = isSupervisors(asked.type()) ? SUPERVISORS : "another";
            return Truth.compare(true, there, there ? "that of " + asked.path() : other);
        });
    }

    /** The other service may have been started again since, in a namespace that is new. */
    private void shared(NamespaceType type, ServiceName service, Origin origin) {
        String asked = "that of service " + service;
        Pid other = subject.joined().get(service);
        if (other == null) {
            findings.add(Verdict.UNKNOWN, "namespace " + type, asked, "service " + service + " does not run", origin);
            return;
        }
        findings.compare("namespace " + type, asked, origin, () -> {
            boolean there = facts.namespace(subject.main(), type).isSameFile(facts.namespace(other, type));
            return Truth.compare(true, there, there ? asked : isSupervisors(type) ? SUPERVISORS : "another");
        });
    }

    private void ids(SandboxOp.Namespaces asked, Origin origin) {
        map("uid_map", asked.uidMap(), origin);
        map("gid_map", asked.gidMap(), origin);
        if (asked.denySetgroups()) {
            findings.compare("setgroups", "deny", origin, () -> {
                String truth = facts.table(subject.main(), "setgroups").get(0).get(0);
                return Truth.compare("deny", truth, truth);
            });
        }
        if (asked.uid() != SandboxOp.NO_ID) {
            IdMap map = IdMap.of(asked.uidMap());
            new ThreadAudit(findings, kernel, subject.main()).uid(asked.uid(), map.outside(asked.uid()), origin);
        }
        if (asked.gid() != SandboxOp.NO_ID) {
            IdMap map = IdMap.of(asked.gidMap());
            new ThreadAudit(findings, kernel, subject.main()).gid(asked.gid(), map.outside(asked.gid()), origin);
        }
    }

    private void map(String file, String asked, Origin origin) {
        IdMap wanted = IdMap.of(asked);
        findings.compare(file, wanted.toString(), origin, () -> {
            IdMap truth = IdMap.of(facts.table(subject.main(), file));
            return Truth.compare(new TreeSet<>(lines(wanted)), new TreeSet<>(lines(truth)), truth.toString());
        });
    }

    private static List<String> lines(IdMap map) {
        return map.ranges().stream().map(Object::toString).toList();
    }

    private Truth offsets(SandboxOp.TimeOffsets asked) {
        long monotonic = 0;
        long boottime = 0;
        for (List<String> words : facts.table(subject.main(), "timens_offsets")) {
            long seconds = Long.parseLong(words.get(1));
            monotonic = words.get(0).equals("monotonic") ? seconds : monotonic;
            boottime = words.get(0).equals("boottime") ? seconds : boottime;
        }
        SandboxOp.TimeOffsets truth = new SandboxOp.TimeOffsets(monotonic, boottime);
        return Truth.compare(asked, truth, truth.text());
    }

    private Truth names(SandboxOp.Hostname asked) {
        NamespaceVisit.Names names = facts.names(subject.main());
        boolean agrees = (asked.host().isEmpty() || asked.host().equals(names.host()))
                && (asked.domain().isEmpty() || asked.domain().equals(names.domain()));
        return Truth.compare(
                true,
                agrees,
                new SandboxOp.Hostname(names.host(), asked.domain().isEmpty() ? "" : names.domain()).text());
    }

    private void sysctl(SandboxOp.Sysctl asked, Origin origin) {
        String item = "sysctl " + asked.path();
        if (asked.path().startsWith("user/")) {
            findings.add(Verdict.UNKNOWN, item, asked.value(), "shows in its user namespace only", origin);
            return;
        }
        NamespaceType owner = asked.path().startsWith("net/") ? NamespaceType.NET : NamespaceType.IPC;
        findings.compare(item, asked.value(), origin, "CAP_SYS_ADMIN", () -> {
            String truth = facts.sysctl(subject.main(), owner, asked.path()).replaceAll("\\s+", " ");
            return Truth.compare(asked.value().strip().replaceAll("\\s+", " "), truth, truth);
        });
    }

    /** An interface that is up has its addresses in the table of local routes. */
    private Truth loopback() {
        boolean up = facts.table(subject.main(), "net/fib_trie").stream().anyMatch(words -> words.contains(LOOPBACK));
        return Truth.compare(true, up, up ? "up" : "down");
    }

    /** What is inside; /proc tells interfaces and addresses of version 4, not what they are connected with. */
    private void network(NetworkOp asked, Origin origin) {
        if (asked instanceof NetworkOp.Veth veth) {
            String item = "interface " + veth.inside();
            findings.compare(item, asked.text(), origin, () -> {
                boolean there = facts.table(subject.main(), "net/dev").stream()
                        .anyMatch(words -> words.get(0).startsWith(veth.inside() + ":"));
                return Truth.compare(true, there, there ? "there" : "gone");
            });
        } else if (asked instanceof NetworkOp.Address address
                && !address.onHost()
                && address.prefix().address().text().contains(".")) {
            String text = address.prefix().address().text();
            findings.compare("address " + text, asked.text(), origin, () -> {
                boolean there =
                        facts.table(subject.main(), "net/fib_trie").stream().anyMatch(words -> words.contains(text));
                return Truth.compare(true, there, there ? text : "gone");
            });
        } else {
            findings.add(Verdict.UNKNOWN, "network", asked.text(), "not read back from the kernel", origin);
        }
    }

    private Truth init() {
        Pid init = NamespaceInit.of(subject, kernel)
                .orElseGet(() -> new Pid(kernel.status(subject.main()).parent()));
        List<Integer> pids = kernel.status(init).namespacePids();
        int number = pids.get(pids.size() - 1);
        return Truth.compare(1, number, "process " + init + ", " + number + " inside");
    }
}
