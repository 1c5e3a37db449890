package dev.ostler.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class AccountsIT {
    private static final String NO_SUCH = "no-such-name-here";

    private final Accounts accounts = new Accounts();

    @Test
    void rootIsFoundByNameAndByNumber() {
        Account byName = accounts.user("root").orElseThrow();

        assertThat(byName.uid()).isZero();
        assertThat(byName.gid()).hasValue(0);
        assertThat(byName.name()).contains("root");
        assertThat(byName.home()).isPresent();
        assertThat(byName.shell()).isPresent();
        assertThat(accounts.user("0")).contains(byName);
        assertThat(accounts.user(0)).isEqualTo(byName);
    }

    @Test
    void anUnknownNameIsEmptyButANumberNeedsNoEntry() {
        assertThat(accounts.user(NO_SUCH)).isEmpty();
        assertThat(accounts.group(NO_SUCH)).isEmpty();

        Account number = accounts.user("3999999999").orElseThrow();
        assertThat(number.uid()).isEqualTo(3_999_999_999L);
        assertThat(number.gid()).isEqualTo(OptionalLong.empty());
        assertThat(number.name()).isEmpty();
        assertThat(accounts.group("3999999999")).hasValue(3_999_999_999L);
    }

    @Test
    void whatIsNoIdIsNoUser() {
        assertThat(accounts.user("4294967295")).isEmpty();
        assertThat(accounts.user("99999999999")).isEmpty();
        assertThat(accounts.user("-1")).isEmpty();
        assertThat(accounts.user("")).isEmpty();
        assertThat(accounts.group("")).isEmpty();
    }

    @Test
    void groupsHaveNamesAndNumbers() {
        assertThat(accounts.group("root")).hasValue(0);
        assertThat(accounts.groupName(0)).contains("root");
        assertThat(accounts.groupName(3_999_999_999L)).isEmpty();
    }

    @Test
    void theGroupListHoldsTheGivenGroup() {
        assertThat(accounts.groupList("root", 0)).contains(0L);
        assertThat(accounts.groupList(NO_SUCH, 4_000_000_000L)).containsExactly(4_000_000_000L);
    }

    @Test
    void leavesNothingOpen() throws Exception {
        OpenDescriptors.assertNoLeak(this::anUnknownNameIsEmptyButANumberNeedsNoEntry);
    }
}
