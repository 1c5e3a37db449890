package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Huge pages of 2 MiB, of which this test reserves a few for as long as it runs. */
class HugepagesIT {
    private static final Path RESERVED = Path.of("/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages");
    private static final int WANTED = 4;

    /** hugepages N: N anonymous ones are mapped, and then touched. */
    private static final String PROGRAM = """
            #define _GNU_SOURCE
            #include <errno.h>
            #include <stdio.h>
            #include <stdlib.h>
            #include <string.h>
            #include <sys/mman.h>

            int main(int argc, char **argv)
            {
                size_t page = 2 << 20, n = argc > 1 ? (size_t)atoi(argv[1]) : 0, i;
                char *at = mmap(NULL, n * page, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | 21 << MAP_HUGE_SHIFT, -1, 0);

                if (at == MAP_FAILED) {
                    printf("%zu: mmap %s\\n", n, strerrorname_np(errno));
                    return 0;
                }
                printf("%zu: mapped\\n", n);
                fflush(stdout);
                for (i = 0; i < n; i++)
                    at[i * page] = 1;
                printf("%zu: touched\\n", n);
                return 0;
            }
            """;

    private String before = "";

    @BeforeEach
    void reserve() throws IOException {
        As.needRoot("huge pages");
        assumeTrue(
                Files.isWritable(RESERVED), "skipped: this kernel has no huge pages of 2 MiB that could be reserved");
        before = Files.readString(RESERVED).strip();
        Files.writeString(RESERVED, Integer.toString(Integer.parseInt(before) + WANTED));
        int got = Integer.parseInt(Files.readString(RESERVED).strip());
        assumeTrue(got >= Integer.parseInt(before) + WANTED, "skipped: no memory for " + WANTED + " huge pages");
    }

    @AfterEach
    void giveBack() throws IOException {
        if (!before.isEmpty()) {
            Files.writeString(RESERVED, before);
        }
    }

    /** What is beyond the limit is refused when it is mapped, not a SIGBUS when it is touched. */
    @Test
    void j33_mappingBeyondTheLimitIsAnErrorAndNoSignal() {
        String yaml = """
                services:
                  web:
                    command: [sh, -c, './hugepages 2; ./hugepages 1; echo code $?']
                    restart: never
                    hugetlb: { 2m: 2m }
                """;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            CProgram.compile(project, "hugepages", PROGRAM);
            Result plan = project.run("plan", "-f", "ostler.yaml", "web");
            assumeTrue(plan.exitCode() == 0, "skipped: no cgroup can limit huge pages here: " + plan.err());

            assertThat(Sandboxed.output(project))
                    .containsExactly("2: mmap ENOMEM", "1: mapped", "1: touched", "code 0");
        }
    }

    @Test
    void aHugetlbfsHoldsAsMuchAsItsSizeSays() {
        String yaml = """
                services:
                  web:
                    command: [sh, -c, 'fallocate -l 2m /tmp/huge/a && echo one; fallocate -l 2m /tmp/huge/b || stat -f -c "%T %s" /tmp/huge']
                    working_dir: /
                    sandbox:
                      mounts: [ { tmpfs: /tmp }, { hugetlbfs: /tmp/huge, size: 2m, page_size: 2m } ]
                """;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            Result result = PlanFile.of(project, "web").run();

            assertThat(result.out()).isEqualTo("one\nhugetlbfs 2097152\n");
            assertThat(result.err().lines().toList()).asString().contains("No space left on device");
        }
    }

    @Test
    void theReservationIsPartOfTheLimit() {
        String yaml = "services: { web: { command: [\"true\"], hugetlb: { 2m: 4m } } }\n";
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            Result plan = project.run("plan", "-f", "ostler.yaml", "web");
            assumeTrue(plan.exitCode() == 0, "skipped: no cgroup can limit huge pages here: " + plan.err());

            assertThat(List.of(plan.out().split("\n"))).anyMatch(line -> line.contains("hugetlb.2MB.rsvd."));
        }
    }
}
