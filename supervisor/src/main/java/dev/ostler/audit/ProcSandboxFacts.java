package dev.ostler.audit;

import dev.ostler.base.Pid;
import dev.ostler.linux.CgroupId;
import dev.ostler.linux.CgroupPaths;
import dev.ostler.linux.Descriptors;
import dev.ostler.linux.Errno;
import dev.ostler.linux.FileIdentity;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.LinuxConstants;
import dev.ostler.linux.MountTable;
import dev.ostler.linux.NamespaceVisit;
import dev.ostler.spec.NamespaceType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** The kernel of this machine, by namespaces(7), proc(5), statmount(2), setns(2) and cgroups(7). Any platform thread. */
final class ProcSandboxFacts implements SandboxFacts {
    /** As many links as the kernel follows in one path (MAXSYMLINKS). */
    private static final int MOST_LINKS = 40;

    /** The longest value of a kernel parameter is shorter. */
    private static final int PARAMETER_BYTES = 8192;

    @Override
    public FileIdentity namespace(Pid pid, NamespaceType type) {
        String name = type == NamespaceType.MOUNT ? "mnt" : type.key();
        return ProcFacts.identity(ProcFacts.file(pid, "ns/" + name));
    }

    @Override
    public FileIdentity file(Path path) {
        return Descriptors.identity(path);
    }

    @Override
    public List<List<String>> table(Pid pid, String name) {
        return ProcFacts.text(pid, name)
                .lines()
                .map(line -> Arrays.asList(line.strip().split("\\s+")))
                .toList();
    }

    @Override
    public NamespaceVisit.Names names(Pid pid) {
        return NamespaceVisit.names(pid);
    }

    @Override
    public String sysctl(Pid pid, NamespaceType owner, String path) {
        int flag = owner == NamespaceType.NET ? LinuxConstants.CLONE_NEWNET : LinuxConstants.CLONE_NEWIPC;
        Path file = Path.of("/proc/sys", path);
        return NamespaceVisit.inside(pid, owner.key(), flag, () -> parameter(file));
    }

    /** The first read gets all there is, a second one nothing. */
    private static String parameter(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(PARAMETER_BYTES), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw ProcFacts.failure("read", file, e);
        }
    }

    @Override
    public MountTable mounts(Pid pid) {
        return MountTable.of(pid);
    }

    @Override
    public MountTable seenMounts(Pid pid) {
        return MountTable.ofRoot(pid);
    }

    /** Part by part, as a link of the process's tree must not lead into that of this process. */
    @Override
    public String resolve(Pid pid, String path) {
        Deque<String> rest = new ArrayDeque<>(Arrays.asList(path.split("/")));
        Path resolved = Path.of("/");
        int links = 0;
        while (!rest.isEmpty()) {
            String part = rest.pop();
            if (part.isEmpty() || part.equals(".")) {
                continue;
            }
            if (part.equals("..")) {
                resolved = resolved.getParent() == null ? resolved : resolved.getParent();
                continue;
            }
            Path next = resolved.resolve(part);
            Optional<String> link = link(ProcFacts.file(pid, "root" + next));
            if (link.isEmpty() || ++links > MOST_LINKS) {
                resolved = next;
                continue;
            }
            resolved = link.get().startsWith("/") ? Path.of("/") : resolved;
            String[] parts = link.get().split("/");
            for (int i = parts.length - 1; i >= 0; i--) {
                rest.push(parts[i]);
            }
        }
        return resolved.toString();
    }

    private static Optional<String> link(Path path) {
        try {
            return Optional.of(Files.readSymbolicLink(path).toString());
        } catch (NotLinkException | NoSuchFileException ignored) { // what it is does not matter here
            return Optional.empty();
        } catch (IOException e) {
            throw ProcFacts.failure("readlink", path, e);
        }
    }

    @Override
    public Optional<Seen> look(Pid pid, String path) {
        Path seen = ProcFacts.file(pid, "root" + path);
        Optional<String> link = link(seen);
        if (link.isPresent()) {
            return Optional.of(new Seen(new FileIdentity(0, 0, LinuxConstants.S_IFLNK, 0, 0, 0), link.get()));
        }
        return Files.exists(seen) ? Optional.of(new Seen(ProcFacts.identity(seen), "")) : Optional.empty();
    }

    @Override
    public Optional<Path> cgroup(Pid pid, String controller) {
        List<String> mounts =
                lines(ProcFacts.file(new Pid((int) ProcessHandle.current().pid()), "mountinfo"));
        List<String> own = ProcFacts.text(pid, "cgroup").lines().toList();
        return controller.isEmpty() ? CgroupPaths.own(mounts, own) : CgroupPaths.ofController(mounts, own, controller);
    }

    private static List<String> lines(Path file) {
        return new String(ProcFacts.read(file), StandardCharsets.UTF_8).lines().toList();
    }

    @Override
    public String cgroupFile(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (NoSuchFileException e) {
            throw new KernelException("read", file.toString(), Errno.ENOENT);
        } catch (IOException e) {
            throw ProcFacts.failure("read", file, e);
        }
    }

    @Override
    public long cgroupId(Path directory) {
        return CgroupId.of(directory);
    }
}
