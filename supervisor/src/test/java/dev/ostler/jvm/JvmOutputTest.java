package dev.ostler.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Texts as JDK 17 and 25 print them. */
class JvmOutputTest {
    private static final List<String> CRASH = """
            working
            #
            # A fatal error has been detected by the Java Runtime Environment:
            #
            #  SIGSEGV (0xb) at pc=0x00007f65746d2f94, pid=7, tid=8
            #
            # JRE version: OpenJDK Runtime Environment (17.0.15+6) (build 17.0.15+6)
            # Java VM: OpenJDK 64-Bit Server VM (17.0.15+6, mixed mode, sharing, g1 gc, linux-amd64)
            # Problematic frame:
            # V  [libjvm.so+0xed2f94]  Unsafe_PutLong+0x124
            #
            # No core dump will be written. Core dumps have been disabled.
            #
            # An error report file with more information is saved as:
            # /srv/demo/hs_err_pid7.log
            #
            """.lines().toList();

    @Test
    void j10_aCrashIsItsSignalItsFrameAndItsReport() {
        assertThat(new JvmOutput(CRASH).crash())
                .contains(new JvmOutput.Crash(
                        "SIGSEGV (0xb) at pc=0x00007f65746d2f94, pid=7, tid=8, in V  [libjvm.so+0xed2f94]"
                                + "  Unsafe_PutLong+0x124",
                        "/srv/demo/hs_err_pid7.log"));
        assertThat(new JvmOutput(CRASH).outOfMemory()).isEmpty();
    }

    @Test
    void aCrashThatIsCutOffAnywhereIsStillOne() {
        for (int lines = 3; lines < CRASH.size(); lines++) {
            assertThat(new JvmOutput(CRASH.subList(0, lines)).crash()).isPresent();
        }
    }

    @Test
    void j5_outOfMemoryIsWhatItWasShortOf() {
        assertThat(new JvmOutput(List.of("x", "Terminating due to java.lang.OutOfMemoryError: Java heap space"))
                        .outOfMemory())
                .contains("Java heap space");
        assertThat(new JvmOutput(List.of("Aborting due to java.lang.OutOfMemoryError: Metaspace", "y")).outOfMemory())
                .contains("Metaspace");
    }

    @Test
    void anErrorThatTheProgramReportedIsNotTheEndOfTheJvm() {
        JvmOutput output =
                new JvmOutput(List.of("Exception in thread \"a\" java.lang.OutOfMemoryError: Java heap space"));

        assertThat(output.outOfMemory()).isEmpty();
        assertThat(output.crash()).isEmpty();
    }

    @Test
    void whatIsMeantForATerminalDoesNotReachOne() {
        JvmOutput output = new JvmOutput(List.of("Terminating due to java.lang.OutOfMemoryError: a\u001b[2Jb"));

        assertThat(output.outOfMemory()).contains("a?[2Jb");
    }
}
