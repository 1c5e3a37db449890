#!/usr/bin/env python3
"""Measures Ostler on this machine. README.md beside this file says how; RESULTS.md has the figures.

  bench.py status              `ostler status` beside /bin/true
  bench.py start               `ostler up` to the first instruction of the first service
  bench.py footprint           memory and wake-ups of an idle supervisor and its keeper
  bench.py restart             SIGKILL of a service to the first instruction of its next run
"""
import argparse
import os
import pathlib
import random
import shutil
import signal
import statistics
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
PROGRAMS = HERE.parent / "target/bench"
BUILT = HERE.parent / "target/ostler"
PATIENCE_S = 60


class Project:
    """A project in a directory of its own, whose services say in a fifo that they run."""

    def __init__(self, home, jdk, services=1, extra=""):
        self.home = pathlib.Path(home)
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="ostler-bench-"))
        self.fifo = self.directory / "fifo"
        os.mkfifo(self.fifo)
        self.reader = os.open(self.fifo, os.O_RDWR)  # a writer of our own, so that there is never an end
        self.buffer = b""
        self.environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.directory),
            "JAVA_HOME": str(jdk),
            "OSTLER_RUNTIME_DIR": str(self.directory / "run"),
            "XDG_STATE_HOME": str(self.directory / "state"),
        }
        lines = ["services:"]
        for i in range(1, services + 1):
            lines += [f"  s{i}:", f"    command: [{PROGRAMS}/service, {self.fifo}]"]
            lines += [f"    {line}" for line in extra.splitlines()]
        (self.directory / "ostler.yaml").write_text("\n".join(lines) + "\n")
        self.log = open(self.directory / "up.log", "w+b")
        self.keeper = None

    def ostler(self, *args):
        return [str(self.home / "bin/ostler"), *args]

    def up(self):
        """Starts it in the foreground; the time right before its exec, ns."""
        before = time.monotonic_ns()
        self.keeper = subprocess.Popen(self.ostler("up"), cwd=self.directory, env=self.environment,
                                       stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        return before

    def started(self):
        """The next service that starts: (pid, ns of its first instruction)."""
        while b"\n" not in self.buffer:
            got = os.read(self.reader, 4096)
            self.buffer += got
        line, self.buffer = self.buffer.split(b"\n", 1)
        pid, nanos = line.split()
        return int(pid), int(nanos)

    def run(self, *args):
        return subprocess.run(self.ostler(*args), cwd=self.directory, env=self.environment, check=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True).stdout

    def await_ready(self):
        deadline = time.monotonic() + PATIENCE_S
        while True:
            rows = self.run("status").splitlines()[1:]
            if all(row.split()[1] == "ready" for row in rows):
                return
            if time.monotonic() > deadline:
                raise SystemExit(f"not all services became ready:\n" + "\n".join(rows))
            time.sleep(0.05)

    def jvm(self):
        children = pathlib.Path(f"/proc/{self.keeper.pid}/task/{self.keeper.pid}/children").read_text().split()
        for pid in children:
            if b"dev.ostler.daemon.Main" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes():
                return int(pid)
        raise SystemExit("no supervisor runs")

    def close(self):
        if self.keeper:
            self.keeper.send_signal(signal.SIGTERM)
            try:
                self.keeper.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                self.keeper.kill()
        os.close(self.reader)
        self.log.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()


def jdks(chosen):
    """(name, home) of the JDKs to measure: those given, else the one of each feature version found."""
    found = {}
    for home in map(pathlib.Path, chosen or sorted(map(str, pathlib.Path("/usr/lib/jvm").glob("*")))):
        release = home / "release"
        if not release.is_file() or not (home / "bin/java").exists():
            continue
        version = [line.split('"')[1] for line in release.read_text().splitlines() if line.startswith("JAVA_VERSION=")]
        feature = version[0].split(".")[0]
        if int(feature) >= 17:
            found.setdefault(feature, home)
    return list(found.items())


def table(head, rows):
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")
    print(flush=True)


def spread(samples, digits=1):
    ordered = sorted(samples)
    low, high = ordered[len(ordered) // 10], ordered[-1 - len(ordered) // 10]
    return [f"{statistics.median(samples):.{digits}f}", f"{low:.{digits}f} to {high:.{digits}f}"]


def variants(options):
    """(name, JDK, installation) for every JDK and installation."""
    homes = [home.split("=", 1) if "=" in home else ["", home] for home in options.home or [str(BUILT)]]
    return [(f"JDK {feature}" + (f", {name}" if name else ""), jdk, home)
            for feature, jdk in jdks(options.jdk) for name, home in homes]


def status(options):
    rows = []
    for name, jdk, home in variants(options):
        with Project(home, jdk) as project:
            project.up()
            project.started()
            project.await_ready()
            first = time.monotonic_ns()
            project.run("status")
            command = [PROGRAMS / "interleave", str(options.warm_up), str(options.runs or 400),
                       "/bin/true", "--", *project.ostler("status")]
            out = subprocess.run(command, cwd=project.directory, env=project.environment, check=True,
                                 stdout=subprocess.PIPE, text=True).stdout
            rounds = [[int(cell) / 1000 for cell in line.split()] for line in out.splitlines()]
            true, ours = zip(*rounds)
            rows.append([name, *spread(true, 0), *spread(ours, 0),
                         f"{statistics.median(ours) / statistics.median(true):.2f}"])
    table(["", "/bin/true, us", "10 to 90 %", "ostler status, us", "10 to 90 %", "ratio of medians"], rows)


def start(options):
    samples = {name: [] for name, _, _ in variants(options)}
    for _ in range(options.runs or 15):
        for name, jdk, home in random.sample(variants(options), len(samples)):
            with Project(home, jdk) as project:
                before = project.up()
                wall = project.started()[1] - before
                samples[name].append((wall / 1e6, cpu_ns(project.jvm()) / 1e6))
                project.await_ready()
    rows = [[name, *spread(wall), *spread(cpu)] for name, of in samples.items() for wall, cpu in [zip(*of)]]
    table(["", "wall, ms", "10 to 90 %", "CPU time of the JVM, ms", "10 to 90 %"], rows)


def cpu_ns(pid):
    """Time that the threads of a process have been on a CPU."""
    return sum(int(stat.read_text().split()[0]) for stat in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat"))


def pss_kib(pid):
    rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(next(line.split()[1] for line in rollup.splitlines() if line.startswith("Pss:")))


def switches(pid):
    """Context switches of all threads so far."""
    total = 0
    for status_file in pathlib.Path(f"/proc/{pid}/task").glob("*/status"):
        total += sum(int(line.split()[1]) for line in status_file.read_text().splitlines() if "ctxt_switches" in line)
    return total


def footprint(options):
    rows = []
    for name, jdk, home in variants(options):
        for services in options.services:
            memory, wake_ups = [], []
            for _ in range(options.runs or 5):
                with Project(home, jdk, services) as project:
                    project.up()
                    project.await_ready()
                    time.sleep(options.settle)
                    jvm, keeper = project.jvm(), project.keeper.pid
                    before = switches(jvm), switches(keeper)
                    time.sleep(options.idle)
                    wake_ups.append((switches(jvm) - before[0], switches(keeper) - before[1]))
                    memory.append((pss_kib(jvm) / 1024, pss_kib(keeper) / 1024))
            rows.append([name, services]
                        + [f"{statistics.median(column):.1f}" for column in zip(*memory)]
                        + [f"{statistics.median(column):g}" for column in zip(*wake_ups)])
    table(["", "services", "PSS of the JVM, MiB", "PSS of the keeper, MiB",
           f"switches of the JVM in {options.idle} s", f"of the keeper in {options.idle} s"], rows)


def minimal_restart(count):
    """The same by the least supervisor there can be, us."""
    directory = pathlib.Path(tempfile.mkdtemp(prefix="ostler-bench-"))
    fifo = directory / "fifo"
    os.mkfifo(fifo)
    samples = []
    with open(os.open(fifo, os.O_RDWR), "rb", buffering=0) as reader:
        process = subprocess.Popen([PROGRAMS / "minimal", PROGRAMS / "service", fifo])
        pid = int(reader.read(64).split()[0])
        for _ in range(count):
            time.sleep(random.uniform(1.1, 1.3))
            before = time.monotonic_ns()
            os.kill(pid, signal.SIGKILL)
            pid, nanos = map(int, reader.read(64).split())
            samples.append((nanos - before) / 1000)
        process.kill()
        process.wait()
    shutil.rmtree(directory)
    return samples


def restart(options):
    count = options.runs or 30
    rows = [["vfork and execve in a loop of C", *spread(minimal_restart(count), 0), "1.0"]]
    limit = float(rows[0][1])
    for name, jdk, home in variants(options):
        # The limit on restarts in a window would end the measurement; the delays are those of the defaults.
        with Project(home, jdk, extra="restart: { policy: always, limit: { count: 100000, within: 60s } }") as project:
            project.up()
            pid = project.started()[0]
            project.await_ready()
            samples = []
            for _ in range(count):
                time.sleep(random.uniform(1.1, 1.3))  # it has been up for a second: the first restart has no delay
                before = time.monotonic_ns()
                os.kill(pid, signal.SIGKILL)
                pid, nanos = project.started()
                samples.append((nanos - before) / 1000)
            figures = spread(samples, 0)
            rows.append([name, *figures, f"{float(figures[0]) / limit:.1f}"])
    table(["", "us", "10 to 90 %", "ratio"], rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="+", choices=["status", "start", "footprint", "restart"])
    parser.add_argument("--runs", type=int, help="samples (status 400, start 15, footprint 5, restart 30)")
    parser.add_argument("--warm-up", type=int, default=2000, help="rounds before the first sample of status")
    parser.add_argument("--jdk", action="append", metavar="HOME", help="instead of all below /usr/lib/jvm; repeatable")
    parser.add_argument("--home", action="append", metavar="[NAME=]DIR",
                        help="an installation instead of target/ostler; repeatable, measured in turns")
    parser.add_argument("--services", type=int, action="append", help="numbers of services of footprint (1 and 100)")
    parser.add_argument("--idle", type=int, default=20, metavar="SECONDS", help="time in which switches are counted")
    parser.add_argument("--settle", type=int, default=5, metavar="SECONDS", help="rest before that")
    options = parser.parse_args()
    options.services = options.services or [1, 100]
    subprocess.run(["make", "-s", "-C", HERE], check=True)
    for what in options.what:
        print(f"## {what}\n")
        globals()[what](options)


if __name__ == "__main__":
    main()
