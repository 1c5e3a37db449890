"""Which answers of sandbox-probe mean that a sandbox let something through."""
import re

BOUNDS = {"forks": 300, "files": 25000, "mib": 300}

# An errno, a signal, or nothing of it there.
REFUSED = re.compile(r"E[A-Z0-9]+$|signal \d+$|none$|no gain$|taken away$|its own root$|is 0 already$")

# What must be answered where a refusal is not the point; None: a fact, neither good nor bad.
WANTED = {
    "P1.descriptors": "0,1,2",
    "P25.kill_all": None,
    "C27.clone3": "ENOSYS|ok",
    "P18.user": None,
    "P18.bounding": None,
    "P18.seccomp_filters": None,
    "P18.groups": "0 supplementary",
    "P18.effective": "0+",
    "P18.permitted": "0+",
    "C18.inheritable": "0+",
    "P18.ambient": "0+",
    "P18.no_new_privs": "1",
    "P18.seccomp_mode": "2",
    "P18.threads": r"\d+ alike",
    "P20.number_1000": "ENOSYS",
    "P20.pthread_create": "ok",
    "C28.number_0x3fffffff": "ENOSYS",
    "P22.netlink_route": None,
    "P33.all_cpus": "no more than before|E.*",
    "P37.monotonic": "forward",
    "P28.processes": r"E\w+ after \d+",
    "P28.descriptors": r"E\w+ after \d+",
    "P28.fill": r"E\w+( after \d+)?",
    "P40.landlock_layers": r"E\w+ after \d+",
    # without a ring there is nothing to do: EBADF and EINVAL come from the call itself
    "C26.io_uring_enter": "EPERM|ENOSYS|EACCES",
    "C26.io_uring_register": "EPERM|ENOSYS|EACCES",
}


def let_through(name, answer):
    if name in WANTED:
        return WANTED[name] is not None and not re.fullmatch(WANTED[name], answer)
    return not REFUSED.match(answer)


NOTES = """\
## Where answers differ for a reason

- *A different purpose.* `seccomp-default` is a filter alone: it has no namespaces and no mounts, and takes no capabilities away, so all that
  is about files, processes and the network goes through; `network-service` is for a server, so the host's network and files to read are there.
  `jvm-service` restricts files and system calls, by no namespace; root stays root under it. `container-default` gives an image what container
  engines give: fourteen capabilities that count in its namespaces, so it may open raw and packet sockets of its own network.
  bubblewrap is made to be called by something that decides: the filter, the limits, the variables (`--clearenv`) and what is seen of `/` are
  for its caller to give. crun and runc take all of it from a config.json, and the one they write is a beginning: Docker and Podman add a filter.
  unshare and setpriv each do one thing.
- *P1, P8.* bubblewrap and unshare hand on what they were given; who calls them closes.
- *P2.* `TIOCSTI` only matters with a controlling terminal. A filter (`strict`) or a session of its own (a pid namespace of Ostler, `--new-session`) denies it.
- *P5.file_of_host* is a file that everybody may read; with the host's root as the root of a sandbox it is meant to be seen.
- *P5.environment_of_outside* is read by root under `jvm-service`: Landlock denies ptrace(2), but newer kernels let CAP_PERFMON read /proc/PID/environ
  without asking. With `capabilities: { keep: [] }`, or another user, it is EACCES.
- *P7, P17* of `container-default`: chroot(2) is allowed, and leads nowhere; what was raised or set was allowed already.
- *P10, P21.* A user namespace inside, and io_uring, are denied by filters; without one they are there.
- *P12.write_nested.* `ro` of config.json and of mount(8) is about one mount; with `rro`, where the runtime knows it, those below follow.
- *P16, C35.* A set-user-ID file can be made, and is of no use where new privileges are denied.
- *P18.effective* of crun and runc is what config.json lists; in a user namespace it counts for what belongs to that namespace.
- *P19.int80.* The machine of this table cannot make 32-bit calls at all; tests evaluate the filter for them.
- *P27.* Nobody denies writable and executable memory by default, as JVMs and other compilers need it; `memory_deny_write_execute` does.
- *P28.* No tool limits processes by default (`pids_limit` of Ostler, `linux.resources` of config.json). 25,000 descriptors, 300 processes and 300 MiB
  were asked for.
- *P32.key_of_session.* `keyring: private` hides the caller's session keys; by default Ostler does it where the user changes.
- *P33.all_cpus* is what the kernel makes of a mask with more CPUs than there are; *P37* is only about a clock that goes back.
- *P40.* Landlock can be used inside where the filter has its calls.
""".splitlines()
