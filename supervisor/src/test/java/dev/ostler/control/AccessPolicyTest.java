package dev.ostler.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.Pid;
import dev.ostler.linux.PeerCredentials;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AccessPolicyTest {
    private static final Pid SUPERVISED = new Pid(50);
    private static final Pid GONE = new Pid(51);

    private static Optional<String> refusal(long ownUid, long peerUid, Optional<Pid> pid) {
        return new AccessPolicy(ownUid, SUPERVISED::equals, peer -> !peer.equals(GONE))
                .refusal(new PeerCredentials(pid, peerUid, 1));
    }

    @Test
    void rootAndTheOwnUserMayDoAll() {
        assertThat(refusal(1000, 0, Optional.of(new Pid(7)))).isEmpty();
        assertThat(refusal(1000, 1000, Optional.of(new Pid(7)))).isEmpty();
    }

    @Test
    void otherUsersMayDoNothing() {
        assertThat(refusal(1000, 1001, Optional.of(new Pid(7))))
                .contains("user 1001 may not control a supervisor of user 1000");
        assertThat(refusal(0, 1001, Optional.empty())).isPresent();
    }

    @Test
    void theOverflowUserNeverMatches() {
        assertThat(refusal(65534, 65534, Optional.of(new Pid(7)))).isPresent();
    }

    @Test
    void aSupervisedServiceMayDoNothingWhoeverItRunsAs() {
        assertThat(refusal(1000, 1000, Optional.of(SUPERVISED)))
                .contains("a supervised service may not control its supervisor");
        assertThat(refusal(0, 0, Optional.of(SUPERVISED))).isPresent();
    }

    /** A service could let a child connect and end. */
    @Test
    void aProcessThatIsGoneMayDoNothing() {
        assertThat(refusal(1000, 1000, Optional.of(GONE))).contains("the process that has connected is gone");
    }

    @Test
    void aProcessThatCannotBeSeenIsNoServiceOfThisSupervisor() {
        assertThat(refusal(1000, 1000, Optional.empty())).isEmpty();
    }
}
