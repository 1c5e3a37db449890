package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@code examples/bwrap-compat}: options of bwrap(1), each case by Ostler, and by bwrap itself where that is installed
 * (package bubblewrap). Both must do the same.
 */
class BwrapCompatIT {
    private static final Path SHIM = Path.of("../examples/bwrap-compat/bwrap");
    private static final Path REAL = Path.of("/usr/bin/bwrap");
    private static final String NO_PROJECT = "services: { unused: { command: ['true'] } }\n";

    /** A shell script in which $BWRAP is the program, and what it prints as whom. */
    private record Case(String name, String script, String root, String user) {
        static Case same(String name, String script, String out) {
            return new Case(name, script, out, out);
        }

        String expected(As as) {
            return as.hasRoot() ? root : user;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static final List<Case> CASES = List.of(
            Case.same("the exit code is that of the command", """
                    $BWRAP --ro-bind / / sh -c 'echo $0; exit 7' argument; echo $?
                    $BWRAP --ro-bind / / -- sh -c 'kill -9 $$' 2>/dev/null; echo $?
                    """, "argument\n7\n137\n"),
            Case.same(
                    "binds, read-only or not, and a tmpfs with a mode and a size",
                    """
                    mkdir data
                    $BWRAP --ro-bind / / --bind data /mnt --perms 1777 --size 1048576 --tmpfs /tmp --tmpfs /var sh -c '
                        touch /srv/x 2>/dev/null || echo read-only
                        touch /mnt/x && touch /tmp/x && stat -c %a /tmp /var
                        df --output=size --block-size=1K /tmp | tail -n 1 | tr -d " "'
                    ls data
                    """,
                    "read-only\n1777\n755\n1024\nx\n"),
            Case.same(
                    "a root of its own, with directories and links",
                    """
                    $BWRAP --ro-bind /usr /usr --ro-bind-try /bin /bin --ro-bind-try /lib /lib --ro-bind-try /lib64 /lib64 \\
                        --ro-bind-try /none /none --dir /a/b --perms 0710 --dir /c/d/e --symlink a/b /link \\
                        --remount-ro / sh -c '
                        echo /[ac-k]* /link; readlink /link; stat -c %a /a /a/b /c /c/d /c/d/e; pwd
                        touch /x 2>/dev/null || echo read-only'
                    """,
                    "/a /c /link\na/b\n755\n755\n750\n750\n710\n/\nread-only\n"),
            Case.same("a mount on the root hides what came before", """
                    mkdir mounted
                    $BWRAP --dir /hidden --bind / / --tmpfs /tmp sh -c 'test -e /hidden || ls -d /usr; pwd'
                    $BWRAP --bind / / --bind mounted $PWD/point/in/it true; stat -c %a point/in/it
                    """, "/usr\n/\n755\n"),
            Case.same(
                    "namespaces of its own, with proc and dev",
                    """
                    $BWRAP --unshare-all --hostname inside --ro-bind / / --proc /proc --dev /dev sh -c '
                        echo $$; uname -n; set -- /proc/[0-9]*; echo $#; ls /dev | tr "\\n" " "
                        tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d " "'
                    $BWRAP --unshare-pid --as-pid-1 --dev-bind / / --proc /proc sh -c 'echo $$; head -c 2 /dev/zero | wc -c'
                    $BWRAP --unshare-all --share-net --dev-bind / / sh -c '
                        test "$(readlink /proc/self/ns/net)" = '"$(readlink /proc/self/ns/net)"' && echo host network'
                    """,
                    "2\ninside\n2\n"
                            + "core fd full null ptmx pts random shm stderr stdin stdout tty urandom zero lo\n"
                            + "1\n2\nhost network\n"),
            Case.same("devices are out of reach of --bind", """
                    $BWRAP --bind / / sh -c 'head -c 1 /dev/zero >/var/tmp/none' 2>/dev/null || echo no device
                    $BWRAP --dev-bind / / head -c 1 /dev/zero | wc -c
                    """, "no device\n1\n"),
            Case.same("variables and directories", """
                    FOO=wrong BAR='b "$a" \\r' GONE=1 $BWRAP --ro-bind / / --setenv FOO 'x ${HOME} "y'"
                    z" --unsetenv GONE sh -c 'printf "%s|" "$FOO" "$BAR" "$GONE"'
                    $BWRAP --ro-bind / / --setenv GONE 1 --clearenv --setenv A 1 --chdir /usr sh -c 'echo $A $PWD ${BWRAP-gone}'
                    test "$($BWRAP --ro-bind / / sh -c 'pwd; echo $PWD')" = "$PWD
                    $PWD" && echo same directory
                    """, "x ${HOME} \"y\nz|b \"$a\" \\r||1 /usr gone\nsame directory\n"),
            Case.same(
                    "files from descriptors",
                    """
                    printf 'over\\0it' > over; printf 'a: "b"\\n$c\\n' > text
                    printf -- '--dir\\0/tmp/from args\\0' > args
                    $BWRAP --ro-bind / / --tmpfs /tmp --file 3 /tmp/file --ro-bind-data 4 /etc/passwd \\
                        --perms 0644 --bind-data 6 /tmp/data --args 5 sh -c '
                        cat /tmp/file; stat -c %a /tmp/file /etc/passwd /tmp/data; tr "\\0" "-" < /etc/passwd; echo
                        echo > /etc/passwd; echo > /tmp/data && echo written; ls -d /tmp/from*' \\
                        3<text 4<over 5<args 6<text 2>/dev/null
                    grep -c . /etc/passwd > /dev/null && echo untouched
                    """,
                    "a: \"b\"\n$c\n666\n600\n644\nover-it\nwritten\n/tmp/from args\nuntouched\n"),
            new Case(
                    "capabilities and ids",
                    """
                    $BWRAP --dev-bind / / --cap-drop ALL grep CapEff /proc/self/status
                    $BWRAP --dev-bind / / --cap-drop ALL --cap-add CAP_KILL grep CapPrm /proc/self/status
                    $BWRAP --dev-bind / / grep NoNewPrivs /proc/self/status
                    $BWRAP --dev-bind / / --unshare-user --uid 7 --gid 8 sh -c 'id -u; id -g'
                    $BWRAP --dev-bind / / id -u
                    """,
                    "CapEff:\t0000000000000000\nCapPrm:\t0000000000000020\nNoNewPrivs:\t1\n7\n8\n0\n",
                    "CapEff:\t0000000000000000\nCapPrm:\t0000000000000020\nNoNewPrivs:\t1\n7\n8\n" + plainUid() + "\n"),
            Case.same(
                    "what happens is told on descriptors",
                    """
                    $BWRAP --dev-bind / / --unshare-pid --info-fd 3 --json-status-fd 4 sh -c 'exit 5' 3>info 4>status
                    grep -o '"child-pid": [0-9]' info | tr -d 0-9; grep -c mnt-namespace info status
                    grep -o '"exit-code": [0-9]*' info status
                    $BWRAP --dev-bind / / --json-status-fd 4 /none 4>status 2>/dev/null; grep -c exit-code status
                    """,
                    "\"child-pid\": \ninfo:1\nstatus:1\nstatus:\"exit-code\": 5\n0\n"),
            Case.same("user namespaces inside are denied", """
                    $BWRAP --unshare-user --disable-userns --dev-bind / / sh -c '
                        echo 2 2>/dev/null > /proc/sys/user/max_user_namespaces; unshare -U true 2>/dev/null || echo denied'
                    $BWRAP --unshare-user --dev-bind / / unshare -U echo allowed
                    $BWRAP --unshare-user --disable-userns --assert-userns-disabled --dev-bind / / echo asserted
                    $BWRAP --assert-userns-disabled --dev-bind / / echo wrong 2>/dev/null || echo refused
                    """, "denied\nallowed\nasserted\nrefused\n"),
            Case.same("a directory that is made has the mode that --chmod says", """
                    $BWRAP --bind / / --dir $PWD/made --dir $PWD/other --chmod 1750 $PWD/made true
                    stat -c %a made other
                    """, "1750\n755\n"),
            Case.same("a user namespace that exists is joined", """
                    mkfifo ready end
                    $BWRAP --dev-bind / / --unshare-user --info-fd 3 sh -c 'echo > ready; read x < end' 3>info &
                    read x < ready
                    pid=$(sed -n 's/.*"child-pid": \\([0-9]*\\).*/\\1/p' info)
                    $BWRAP --dev-bind / / --userns 3 readlink /proc/self/ns/user 3< /proc/$pid/ns/user > here
                    readlink /proc/$pid/ns/user | cmp - here && echo the same
                    echo > end
                    wait
                    """, "the same\n"),
            Case.same("what is wrong ends with exit code 1", """
                    for options in '--size 0 --tmpfs /tmp' '--size 9223372036854775808 --tmpfs /tmp' '--size -1 --tmpfs /tmp' \\
                        '--perms 0700 --perms 0700 --tmpfs /tmp' '--perms 8 --tmpfs /tmp' '--bind /none /tmp' \\
                        '--as-pid-1' '--hostname x' '--no-such-option' '--cap-drop CAP_NONE' '--bind /'; do
                        $BWRAP --ro-bind / / $options true 2>/dev/null
                        echo $? $options
                    done | grep -v ^1
                    """, ""));

    /** Whoever runs the tests, or the one that root becomes. */
    private static String plainUid() {
        return As.isRoot()
                ? Integer.toString(As.PLAIN_UID)
                : OwnStatus.line("Uid").split("\\s+")[0];
    }

    @BeforeAll
    static void needBash() {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "needs bash");
    }

    static Stream<Arguments> cases() {
        return Stream.of(As.CURRENT, As.PLAIN_USER)
                .flatMap(as -> CASES.stream().map(tested -> Arguments.of(as, tested)));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("cases")
    void theOptionsDoWhatTheyDoInBwrap(As as, Case tested) throws IOException {
        try (OstlerProject project = project(as)) {
            Result byOstler = project.shell(tested.script());

            assertThat(byOstler.out()).as(byOstler.toString()).isEqualTo(tested.expected(as));
        }
        if (Files.isExecutable(REAL)) {
            try (OstlerProject project = project(as).env("BWRAP", REAL.toString())) {
                Result byBwrap = project.shell(tested.script());

                assertThat(byBwrap.out()).as(byBwrap.toString()).isEqualTo(tested.expected(as));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void diesWithItsParent(As as) throws IOException {
        try (OstlerProject project = project(as)) {
            String sandbox = "$BWRAP --die-with-parent --clearenv --dev-bind / / sh -c ";
            project.shell(sandbox + "true").ok(); // the plan is kept
            Process parent = project.start(
                    List.of("sh", "-c"), List.of(sandbox + "'echo $$ > pid; exec sleep 1000'; true"), "parent");
            Eventually.until("the command runs", () -> project.text("pid").endsWith("\n"));
            long pid = Long.parseLong(project.text("pid").strip());

            parent.destroyForcibly();

            Eventually.until("the command is gone", () -> !OstlerProject.isAlive(pid));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void whatOstlerHasNothingForIsRefused(As as) throws IOException {
        try (OstlerProject project = project(as)) {
            for (String options :
                    Arrays.asList("--seccomp 3", "--lock-file /tmp/x", "--bind-fd 3 /x", "--overlay-src /x")) {
                Result result = project.shell("$BWRAP --ro-bind / / " + options + " true 3</dev/null");

                assertThat(result.exitCode()).isEqualTo(1);
                assertThat(result.err())
                        .startsWith("bwrap: " + options.split(" ")[0] + " has no counterpart in Ostler");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void nothingIsLeftOfFilesFromDescriptors(As as) throws IOException {
        try (OstlerProject project = project(as)) {
            project.env("TMPDIR", project.directory().resolve("scratch").toString());
            project.shell(
                            "mkdir scratch && $BWRAP --ro-bind / / --bind-data 3 /etc/passwd cat /etc/passwd 3<ostler.yaml")
                    .ok();

            Eventually.until("it is removed", () -> isEmpty(project.directory().resolve("scratch")));
        }
    }

    /** Its own copy of the script, as a plain user may not reach the working tree. */
    private static OstlerProject project(As as) throws IOException {
        OstlerProject project = OstlerProject.create(as, NO_PROJECT).file("bwrap", Files.readString(SHIM));
        return project.env("OSTLER", project.binary())
                .env("BWRAP", project.directory().resolve("bwrap").toString());
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.findAny().isEmpty();
        }
    }
}
