package dev.ostler.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the tables of system calls to the kernel headers of this machine; they may know more calls than we do. */
class SyscallTablesIT {
    private static final Pattern MACRO = Pattern.compile("#define __NR(?:3264)?_([a-z0-9_]+) (\\S+)");

    /** What arch/arm64 of the kernel wants of the common table. */
    private static final String AARCH64 = """
            #define __ARCH_WANT_RENAMEAT
            #define __ARCH_WANT_NEW_STAT
            #define __ARCH_WANT_SET_GET_RLIMIT
            #define __ARCH_WANT_SYS_CLONE3
            #define __ARCH_WANT_MEMFD_SECRET
            #include <asm-generic/unistd.h>
            """;

    private static final String CONSTANTS = """
            #define _GNU_SOURCE
            #include <fcntl.h>
            #include <sched.h>
            #include <stdio.h>
            #include <linux/keyctl.h>
            #include <linux/netlink.h>
            #include <linux/prctl.h>
            #include <netinet/in.h>
            #include <sys/ioctl.h>
            #include <sys/mman.h>
            #include <sys/personality.h>
            #include <sys/ptrace.h>
            #include <sys/resource.h>
            #include <sys/socket.h>
            #include <sys/stat.h>
            #ifndef PR_SET_MDWE /* Linux 6.3 */
            #define PR_SET_MDWE 65
            #endif
            """;

    @TempDir
    Path directory;

    @Test
    void numbersOfX8664() throws Exception {
        assertNumbers(Machine.X86_64, numbers("#include <asm/unistd_64.h>\n"), 350);
    }

    @Test
    void numbersOfAarch64() throws Exception {
        assertNumbers(Machine.AARCH64, numbers(AARCH64), 290);
    }

    private static void assertNumbers(Machine machine, Map<String, Integer> header, int atLeast) {
        assertThat(header).hasSizeGreaterThan(atLeast);
        int newest = Syscalls.numbers(machine).lastKey();
        header.forEach((name, number) -> {
            OptionalInt ours = Syscalls.number(machine, name);
            if (number <= newest) {
                assertThat(ours).as(name).hasValue(number);
            } else {
                assertThat(ours).as(name).isEmpty();
            }
        });
    }

    @Test
    void constants() throws Exception {
        StringBuilder source = new StringBuilder(CONSTANTS).append("int main(void) {\n");
        SyscallConstants.all()
                .keySet()
                .forEach(name ->
                        source.append("printf(\"%s %lld\\n\", \"" + name + "\", (long long)(" + name + "));\n"));
        Path file = Files.writeString(directory.resolve("constants.c"), source.append("}\n"));
        Path program = directory.resolve("constants");
        output("gcc", "-w", "-o", program.toString(), file.toString());

        Map<String, Long> actual = new TreeMap<>();
        output(program.toString())
                .lines()
                .map(line -> line.split(" "))
                .forEach(line -> actual.put(line[0], Long.valueOf(line[1])));

        assertThat(actual).isEqualTo(SyscallConstants.all());
    }

    private Map<String, Integer> numbers(String source) throws Exception {
        Path file = Files.writeString(directory.resolve("numbers.c"), source);
        Map<String, String> macros = new TreeMap<>();
        Matcher matcher = MACRO.matcher(output("gcc", "-E", "-dM", file.toString()));
        while (matcher.find()) {
            boolean common = matcher.group().startsWith("#define __NR3264_");
            macros.put((common ? "__NR3264_" : "") + matcher.group(1), matcher.group(2));
        }
        Map<String, Integer> numbers = new TreeMap<>();
        macros.forEach((name, value) -> {
            String number = macros.getOrDefault(value, value);
            boolean call = !name.startsWith("__") && !name.equals("syscalls") && !name.equals("arch_specific_syscall");
            if (call && number.matches("[0-9]+")) {
                numbers.put(name, Integer.valueOf(number));
            }
        });
        return numbers;
    }

    private static String output(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
        return text;
    }
}
