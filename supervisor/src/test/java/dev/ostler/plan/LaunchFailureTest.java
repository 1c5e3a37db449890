package dev.ostler.plan;

import static dev.ostler.testing.SandboxSpecBuilder.sandbox;
import static dev.ostler.testing.ServiceSpecBuilder.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ostler.base.ExitStatus;
import dev.ostler.base.Signal;
import dev.ostler.spec.NamespaceType;
import dev.ostler.testing.FakeHostFacts;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LaunchFailureTest {
    private static final int EPERM = 1;
    private static final int ENOENT = 2;
    private static final int CHDIR = 3;
    private static final int EXECVE = 5;

    private final Plan plan = Compilations.compiled(
                    service("web").command("frobnicate", "-x").build(), FakeHostFacts.plainUser())
            .plan();
    private final Plan script = Compilations.compiled(
                    service("web").command("./run.sh").build(), FakeHostFacts.plainUser())
            .plan();

    @Test
    void namesCallObjectErrnoAndPlace() {
        RefusalRecord refusal = record(CHDIR, ENOENT, 0, "openat2", "/srv");

        assertThat(LaunchFailure.describe("web", plan, refusal))
                .isEqualTo("cannot start \"web\": openat2 \"/srv\": ENOENT (No such file or directory)"
                        + " at ostler.yaml:4:5 (services.web.working_dir)");
    }

    /** C43. */
    @Test
    void aProcThatAContainerHidesPartsOf() {
        Plan proc = Compilations.compiled(
                        service("web")
                                .sandbox(sandbox()
                                        .namespaces(NamespaceType.PID)
                                        .filesystem("proc", "/proc")
                                        .build())
                                .build(),
                        FakeHostFacts.plainUser())
                .plan();
        int op = proc.ops().stream().map(PlannedOp::op).map(Op::kind).toList().indexOf(OpKind.FILESYSTEM);

        assertThat(LaunchFailure.describe("web", proc, record(op, EPERM, 0, "fsmount", "proc")))
                .isEqualTo(
                        "cannot start \"web\": fsmount \"proc\": EPERM (Operation not permitted); the kernel gives a new"
                                + " one only where the /proc and /sys around it show everything, and a container around this"
                                + " supervisor hides parts: start that without such masks, \"bind\" what is there, or leave it"
                                + " out at ostler.yaml:31:7 (services.web.sandbox.mounts[0])");
        assertThat(LaunchFailure.describe("web", proc, record(op, ENOENT, 0, "fsmount", "proc")))
                .doesNotContain("container");
    }

    @Test
    void aCallWithoutObjectStandsAlone() {
        assertThat(LaunchFailure.describe("web", plan, record(2, EPERM, 0, "setsid", "")))
                .isEqualTo("cannot start \"web\": setsid: EPERM (Operation not permitted)"
                        + " at built-in default (services.web)");
    }

    @Test
    void aProgramThatIsNowhereInPathHasTheNameThatWasWritten() {
        RefusalRecord refusal = record(EXECVE, ENOENT, 0, "execve", "/bin/frobnicate");

        assertThat(LaunchFailure.describe("web", plan, refusal))
                .isEqualTo("cannot start \"web\": execve \"frobnicate\": ENOENT (No such file or directory)"
                        + " at ostler.yaml:3:5 (services.web.command)");
    }

    @Test
    void aMissingInterpreterIsNotTheFile() {
        RefusalRecord refusal = record(EXECVE, ENOENT, 1, "execve", "/bin/nope");

        assertThat(LaunchFailure.describe("web", script, refusal))
                .isEqualTo("cannot start \"web\": execve \"/srv/run.sh\": ENOENT"
                        + " (interpreter \"/bin/nope\" does not exist) at ostler.yaml:3:5 (services.web.command)");
    }

    @Test
    void aMissingLoaderIsNotTheFile() {
        RefusalRecord refusal = record(EXECVE, ENOENT, 2, "execve", "/lib/ld-none.so.1");

        assertThat(LaunchFailure.describe("web", script, refusal))
                .isEqualTo("cannot start \"web\": execve \"/srv/run.sh\": ENOENT"
                        + " (loader \"/lib/ld-none.so.1\" does not exist) at ostler.yaml:3:5 (services.web.command)");
    }

    @Test
    void aFileThatCannotBeReadDoesNotTellWhatRunsIt() {
        RefusalRecord refusal = record(EXECVE, ENOENT, 1, "execve", "/srv/run.sh");

        assertThat(LaunchFailure.describe("web", script, refusal))
                .isEqualTo("cannot start \"web\": execve \"/srv/run.sh\": ENOENT"
                        + " (its interpreter or loader does not exist) at ostler.yaml:3:5 (services.web.command)");
    }

    @Test
    void anIndexOutsideOfThePlanCostsOnlyThePlace() {
        assertThat(LaunchFailure.describe("web", plan, record(4711, EPERM, 0, "setsid", "")))
                .isEqualTo("cannot start \"web\": setsid: EPERM (Operation not permitted)");
    }

    @Test
    void otherFailuresHaveTheirOwnSentence() {
        assertThat(LaunchFailure.died("web", ExitStatus.killedBy(Signal.KILL)))
                .isEqualTo("cannot start \"web\": the launcher ended before execve: killed by SIGKILL");
        assertThat(LaunchFailure.cloneRefused("web", EPERM))
                .isEqualTo("cannot start \"web\": clone3: EPERM (Operation not permitted)");
        assertThat(LaunchFailure.deadline("web", Duration.ofSeconds(30)))
                .isEqualTo("cannot start \"web\": no execve within 30 s");
    }

    @Test
    void aRecordThatIsTooShortIsNoRecord() {
        assertThatThrownBy(() -> RefusalRecord.of(new byte[RefusalRecord.BYTES - 1]))
                .hasMessage("a refusal record has 256 bytes, not 255");
    }

    /** Through the wire format, so that the record's layout is tested on the way. */
    private static RefusalRecord record(int op, int error, long detail1, String call, String object) {
        ByteBuffer bytes = ByteBuffer.allocate(RefusalRecord.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(op).putInt(0).putInt(59).putInt(error).putLong(detail1).putLong(0);
        bytes.put(32, call.getBytes(StandardCharsets.UTF_8));
        bytes.put(56, object.getBytes(StandardCharsets.UTF_8));
        return RefusalRecord.of(bytes.array());
    }
}
