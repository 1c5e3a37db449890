package dev.ostler.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ErrnoTest {
    @Test
    void knowsNameAndText() {
        assertThat(Errno.ENOENT).hasToString("ENOENT (No such file or directory)");
        assertThat(Errno.ENOENT.number()).isEqualTo(2);
        assertThat(new Errno(133).name()).isEqualTo("EHWPOISON");
    }

    @Test
    void toleratesNumbersWithoutAName() {
        assertThat(new Errno(525)).hasToString("errno 525");
        assertThat(new Errno(525).text()).isEmpty();
        assertThat(new Errno(0)).hasToString("errno 0");
    }

    @Test
    void anExceptionNamesCallObjectAndErrno() {
        KernelException e = new KernelException("mkdir", "/x", Errno.EACCES);

        assertThat(e).hasMessage("mkdir \"/x\": EACCES (Permission denied)");
        assertThat(e.call()).isEqualTo("mkdir");
        assertThat(e.object()).isEqualTo("/x");
        assertThat(e.errno()).isEqualTo(Errno.EACCES);
        assertThat(e.is(Errno.EPERM)).isFalse();
        assertThat(new KernelException("pipe2", "", new Errno(525))).hasMessage("pipe2: errno 525");
    }
}
