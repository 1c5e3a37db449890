#!/usr/bin/env python3
"""Runs launcher-native/build/sandbox-probe inside of every sandbox that is installed, and writes PROBES.md.

  mvn -B -q -DskipTests package && sudo supervisor/bench/probes.py

As root: it makes mounts in a mount namespace of its own, a set-user-ID program, and a user that is known in that namespace
alone. As somebody else the table of root, and what needs these, are left out. What is made is below a new directory in
/srv (/var/tmp for a plain user) and goes again.
"""
import argparse
import ctypes
import fcntl
import json
import os
import pathlib
import platform
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios

from probes_judged import BOUNDS, NOTES, let_through

HERE = pathlib.Path(__file__).resolve().parent
HOME = HERE.parent / "target/ostler"
PROBE = HERE.parent.parent / "launcher-native/build/sandbox-probe"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PLAIN = 54321
EXTRA_DESCRIPTORS = 200
PATIENCE_S = 180
CLONE_NEWNS = 0x20000
KEYCTL_JOIN_SESSION_KEYRING, KEY_SPEC_SESSION_KEYRING = 1, -3
CAP_NET_RAW = 13
NUMBERS = {"x86_64": {"keyctl": 250, "add_key": 248}, "aarch64": {"keyctl": 219, "add_key": 217}}
libc = ctypes.CDLL(None, use_errno=True)


def run(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


class Outside:
    """What there is to reach: files, sockets, processes, a key, descriptors, variables. In `base`, which all may enter."""

    def __init__(self, is_root):
        self.is_root = is_root
        self.base = pathlib.Path(tempfile.mkdtemp(prefix="ostler-probes-", dir="/srv" if is_root else "/var/tmp"))
        self.base.chmod(0o755)
        self.probe = self.copy("probe")
        self.secret = self.base / "secret"
        self.secret.write_text("of the host\n")
        self.readonly = self.base / "readonly"
        self.nested = self.readonly / "nested"
        self.arguments = {"secret": self.secret, "key": "ostler-probe", **BOUNDS}
        self.processes = {}
        self.sockets()
        self.key()
        if is_root:
            self.mounts()
            self.programs()
        self.descriptors = [os.open("/" if i == 0 else "/dev/null", os.O_RDONLY) for i in range(EXTRA_DESCRIPTORS)]
        for fd in self.descriptors:
            os.set_inheritable(fd, True)

    def copy(self, name, mode=0o755):
        target = self.base / name / "probe"
        target.parent.mkdir()
        shutil.copy(PROBE, target)
        target.chmod(mode)
        return target

    def mounts(self):
        """Of this process and its children alone."""
        if libc.unshare(CLONE_NEWNS) != 0:
            raise OSError(ctypes.get_errno(), "unshare")
        run("mount", "--make-rprivate", "/")
        for directory in (self.readonly, self.nested):
            directory.mkdir()
            run("mount", "-t", "tmpfs", "-o", "mode=0777", "none", directory)
        self.arguments |= {"readonly": self.readonly, "nested": self.nested}
        home = self.base / "home"
        home.mkdir()
        os.chown(home, PLAIN, PLAIN)
        for name, line in ("passwd", f"plain:x:{PLAIN}:{PLAIN}::{home}:/bin/sh"), ("group", f"plain:x:{PLAIN}:"):
            copy = self.base / name
            copy.write_text(pathlib.Path("/etc", name).read_text() + line + "\n")
            run("mount", "--bind", copy, "/etc/" + name)

    def programs(self):
        self.arguments["setuid"] = self.copy("setuid", 0o4755)
        capable = self.copy("caps")
        mask = 1 << CAP_NET_RAW
        os.setxattr(capable, "security.capability", struct.pack("<IIIII", 0x02000001, mask, 0, 0, 0))
        self.arguments["caps"] = capable

    def sockets(self):
        path = self.base / "socket"
        self.listening = [socket.socket(socket.AF_INET), socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)]
        name = self.base.name
        for listener, address in zip(self.listening, (("127.0.0.1", 0), "\0" + name, str(path))):
            listener.bind(address)
            listener.listen(1024)
        path.chmod(0o777)
        self.arguments |= {"tcp": self.listening[0].getsockname()[1], "abstract": name, "unix": path}

    def key(self):
        numbers = NUMBERS.get(platform.machine())
        if numbers is None or not os.path.exists("/proc/keys"):
            del self.arguments["key"]
            return
        libc.syscall(numbers["keyctl"], KEYCTL_JOIN_SESSION_KEYRING, None)
        secret = b"secret"
        libc.syscall(numbers["add_key"], b"user", self.arguments["key"].encode(), secret, len(secret),
                     KEY_SPEC_SESSION_KEYRING)

    def process_of(self, user):
        """A process of the same user, that is not in the sandbox."""
        if user not in self.processes:
            self.processes[user] = subprocess.Popen(prefix(user) + ["sleep", "3600"])
        return self.processes[user].pid

    def probe_command(self, user, program=None):
        arguments = {"outside": self.process_of(user), "scratch": "/tmp", **self.arguments}
        return [str(program or self.probe), *(f"{name}={value}" for name, value in arguments.items())]

    def close(self):
        for process in self.processes.values():
            process.kill()
            process.wait()
        if self.is_root:
            for mounted in (self.nested, self.readonly, "/etc/passwd", "/etc/group"):
                run("umount", mounted)
        shutil.rmtree(self.base)


def prefix(user):
    if user == "root" or os.getuid() != 0:
        return []
    return ["setpriv", f"--reuid={PLAIN}", f"--regid={PLAIN}", "--clear-groups", "--inh-caps=-all"]


# Each makes a sandbox as its own manual suggests for a program that nobody trusts: user, outside -> command line.

WITHOUT_MOUNTS = ("seccomp-default", "jvm-service")


def ostler(profile, parameters=""):
    def command(user, outside):
        project = outside.base / f"project-{user}-{profile}"
        (project / "image/tmp").mkdir(parents=True)
        paths = [path for path in
                 (outside.probe, *(outside.arguments.get(k) for k in ("setuid", "caps", "readonly"))) if path]
        binds = [f"{{ bind: {path}, read_only: true }}" for path in paths]
        if profile == "network-service":  # the programs are seen anyway
            binds = binds[-1:] if outside.is_root else []
        mounts = profile not in WITHOUT_MOUNTS and binds
        extended = f"{{ profile: {profile}, with: {{ {parameters} }} }}" if parameters else profile
        sandbox = f", sandbox: {{ +mounts: [ {', '.join(binds)} ] }}" if mounts else ""
        if profile == "jvm-service":
            sandbox = f", sandbox: {{ landlock: {{ +execute: [ {', '.join(map(str, paths))} ] }} }}"
        (project / "ostler.yaml").write_text(
            "services: { unused: { command: ['true'] } }\n"
            f"profiles: {{ box: {{ extends: {extended}, working_dir: /tmp{sandbox} }} }}\n")
        if user != "root" and outside.is_root:
            run("chown", "-R", str(PLAIN), project)
        return ["env", "-C", str(project), f"HOME={project}", str(HOME / "bin/ostler"), "run",
                "-p", "./ostler.yaml#box", "--", *outside.probe_command(user)]
    return command


def bubblewrap(user, outside):
    readonly = ["--ro-bind", outside.readonly, outside.readonly] if outside.is_root else []
    drop = ["--cap-drop", "ALL"] if user == "root" else []
    return ["bwrap", *drop, "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", *map(str, readonly),
            "--unshare-all", "--die-with-parent", "--new-session", "--", *outside.probe_command(user)]


def firejail(user, outside):
    readonly = [f"--read-only={outside.readonly}"] if outside.is_root else []
    return ["firejail", "--quiet", *readonly, "--", *outside.probe_command(user)]


def util_linux(user, outside):
    script = 'mount -o rbind "$0" "$0" && mount -o remount,bind,ro "$0" || exit 1; exec "$@"'
    box = ["sh", "-c", script, str(outside.readonly)] if outside.is_root else []
    return ["unshare", *(["--user", "--map-current-user", "--keep-caps"] if user != "root" else []),
            "--pid", "--fork", "--kill-child", "--mount-proc", "--ipc", "--uts", "--net", "--cgroup", *box,
            "setpriv", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all",
            *outside.probe_command(user)]


def oci(tool):
    def command(user, outside):
        bundle = outside.base / f"{tool}-{user.replace(' ', '-')}"
        (bundle / "rootfs").mkdir(parents=True)
        (bundle / "state").mkdir()
        program = bundle / "rootfs/probe"
        shutil.copy(PROBE, program)
        (bundle / "rootfs/tmp").mkdir()
        subprocess.run([tool, "spec", *(["--rootless"] if user != "root" else [])], cwd=bundle, check=True)
        config = json.loads((bundle / "config.json").read_text())
        config["process"] |= {"terminal": False, "args": outside.probe_command(user, "/probe")}
        if user != "root":
            own = PLAIN if outside.is_root else os.getuid()
            for mapping in ("uidMappings", "gidMappings"):
                config["linux"][mapping] = [{"containerID": 0, "hostID": own, "size": 1}]
        config["mounts"] += [
            {"destination": str(path), "source": str(path), "type": "none", "options": ["rbind", "ro"]}
            for path in (outside.arguments.get(k) for k in ("setuid", "caps", "readonly")) if path]
        (bundle / "config.json").write_text(json.dumps(config))
        if user != "root" and outside.is_root:
            run("chown", "-R", f"{PLAIN}:{PLAIN}", bundle)
        options = ["--cgroup-manager=disabled"] if tool == "crun" else []
        return [tool, "--root", str(bundle / "state"), *options, "run", "--bundle", str(bundle), bundle.name]
    return command


TOOLS = {
    "Ostler `strict`": (str(HOME / "bin/ostler"), ostler("strict")),
    "Ostler `network-service`": (str(HOME / "bin/ostler"), ostler("network-service")),
    "Ostler `container-default`": (str(HOME / "bin/ostler"), ostler("container-default", "root: image")),
    "Ostler `jvm-service`": (str(HOME / "bin/ostler"), ostler("jvm-service")),
    "Ostler `seccomp-default`": (str(HOME / "bin/ostler"), ostler("seccomp-default")),
    "bubblewrap": ("bwrap", bubblewrap),
    "firejail": ("firejail", firejail),
    "crun": ("crun", oci("crun")),
    "runc": ("runc", oci("runc")),
    "unshare, setpriv": ("unshare", util_linux),
}


def take_terminal():
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def results_of(tool, user, outside):
    """Name of a probe -> answer, or an explanation."""
    needed, command = TOOLS[tool]
    if not shutil.which(needed, path=PATH):
        return f"{needed} is not installed"
    line = list(map(str, command(user, outside)))
    wrapper = prefix(user)
    if needed in ("crun", "runc") and outside.is_root:  # both want cgroup v2 alone or the v1 of systemd
        pure = "mount -t cgroup2 none /sys/fs/cgroup && exec \"$@\""
        wrapper = ["unshare", "--mount", "sh", "-c", pure, "sh", *wrapper]
    environment = {"PATH": PATH, "HOME": str(outside.base / "home"), "LD_PRELOAD": "/nonexistent/of-caller.so",
                   "GLIBC_TUNABLES": "glibc.malloc.check=0", "SECRET_OF_CALLER": "secret"}
    if "JAVA_HOME" in os.environ:
        environment["JAVA_HOME"] = os.environ["JAVA_HOME"]
    master, slave = os.openpty()
    try:
        done = subprocess.run(wrapper + line, stdin=slave, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              env=environment, close_fds=False, preexec_fn=take_terminal, timeout=PATIENCE_S)
    finally:
        os.close(slave)
        os.close(master)
    answers = dict(found.groups() for found in re.finditer(r"(?m)^([PC]\d+\.\w+) (.*)$", done.stdout))
    if not answers:
        told = [text for text in (done.stderr + done.stdout).strip().splitlines() if "ld.so" not in text]
        return (told[-1] if told else f"it ended with {done.returncode}").replace(str(outside.base), "DIR")
    return answers


def version(command, pattern=r"\d+(\.\d+)+\S*"):
    found = re.search(pattern, subprocess.run(command, capture_output=True, text=True).stdout)
    return found.group(0) if found else "unknown"


def cell(name, answer):
    if answer is None:
        return ""
    return f"**{answer}**" if let_through(name, answer) else answer


def table(user, results):
    columns = {tool: answers for tool, answers in results.items() if isinstance(answers, dict)}
    names = list(dict.fromkeys(name for answers in columns.values() for name in answers))
    lines = [f"## As {user}", "", "| probe | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for name in names:
        cells = [cell(name, answers.get(name)) for answers in columns.values()]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    counts = [sum(let_through(name, answer) for name, answer in answers.items()) for answers in columns.values()]
    lines.append("| let through, of " + str(len(names)) + " | " + " | ".join(map(str, counts)) + " |")
    for tool, answers in results.items():
        if not isinstance(answers, dict):
            lines += ["", f"Left out: {tool}: {answers}."]
    return lines + [""]


def head(is_root):
    versions = {tool: version([tool, "--version"]) for tool in ("bwrap", "firejail", "crun", "runc", "unshare")
                if shutil.which(tool, path=PATH)}
    lines = (HERE / "probes_head.md").read_text().splitlines()
    listed = ", ".join(f"{tool} {number}" for tool, number in versions.items())
    return lines + ["", f"Linux {platform.release().split('-')[0]} on {platform.machine()}, Ostler "
                    f"{version([str(HOME / 'bin/ostler'), '--version'])}, {listed}."
                    + ("" if is_root else " Not run by root: see above for what is missing."), ""]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", default=HERE / "PROBES.md", type=pathlib.Path)
    options = parser.parse_args()
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))  # what this program was born with is not the sandboxes'
    is_root = os.getuid() == 0
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    lines = head(is_root)
    outside = Outside(is_root)
    try:
        for user in ("root", "a plain user") if is_root else ("a plain user",):
            results = {}
            for tool in TOOLS:
                results[tool] = results_of(tool, user, outside)
                print(user, tool, "ok" if isinstance(results[tool], dict) else results[tool], file=sys.stderr)
            lines += table(user, results)
    finally:
        outside.close()
    options.output.write_text("\n".join(lines + NOTES) + "\n")


if __name__ == "__main__":
    main()
