package dev.ostler.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ServiceNameTest {
    @Test
    void theNameForProbesIsOneThatNoServiceCanHave() {
        ServiceName name = ServiceName.ofCommand(new ServiceName("web@1"));

        assertThat(name).hasToString("+web@1");
        assertThat(name.isOfCommand()).isTrue();
        assertThat(ServiceName.isValid(name.value())).isFalse();
        assertThat(new ServiceName("web@1").isOfCommand()).isFalse();
    }

    @Test
    void theLongestNamesStayApart() {
        String stem = "x".repeat(ServiceName.MAX_LENGTH - 1);
        ServiceName one = ServiceName.ofCommand(new ServiceName(stem + "1"));
        ServiceName two = ServiceName.ofCommand(new ServiceName(stem + "2"));

        assertThat(one).isNotEqualTo(two);
        assertThat(one.value()).hasSize(ServiceName.MAX_LENGTH);
    }

    @Test
    void othersAreNone() {
        assertThatThrownBy(() -> new ServiceName("+")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ServiceName("+a/b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ServiceName("-a")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatANameMayBe() {
        for (char c = 0; c < 0x180; c++) {
            assertThat(ServiceName.isValid("" + c)).isEqualTo(("" + c).matches("[A-Za-z0-9]"));
            assertThat(ServiceName.isValid("a" + c)).isEqualTo(("" + c).matches("[A-Za-z0-9._@-]"));
        }
        assertThat(ServiceName.isValid("")).isFalse();
        assertThat(ServiceName.isValid("x".repeat(ServiceName.MAX_LENGTH))).isTrue();
        assertThat(ServiceName.isValid("x".repeat(ServiceName.MAX_LENGTH + 1))).isFalse();
        assertThatThrownBy(() -> new ServiceName("+" + "x".repeat(ServiceName.MAX_LENGTH)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
