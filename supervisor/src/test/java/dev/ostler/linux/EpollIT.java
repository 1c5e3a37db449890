package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.EPOLLHUP;
import static dev.ostler.linux.LinuxConstants.EPOLLIN;
import static dev.ostler.linux.LinuxConstants.EPOLLOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class EpollIT {
    @Test
    void tokensComeBackWhole() {
        try (Epoll epoll = Epoll.create(8);
                EventFd first = EventFd.create();
                EventFd second = EventFd.create();
                EventFd quiet = EventFd.create()) {
            epoll.add(first.fd(), EPOLLIN, 0x7eadbeefcafef00dL);
            epoll.add(second.fd(), EPOLLIN, -1);
            epoll.add(quiet.fd(), EPOLLIN, 3);
            first.signal();
            second.signal();

            assertThat(epoll.await(0)).isEqualTo(2);
            assertThat(Set.of(epoll.token(0), epoll.token(1))).isEqualTo(Set.of(0x7eadbeefcafef00dL, -1L));
            assertThat(epoll.events(0)).isEqualTo(EPOLLIN);
            assertThatThrownBy(() -> epoll.token(2)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void interestCanBeChangedAndWithdrawn() {
        try (Epoll epoll = Epoll.create(8);
                EventFd event = EventFd.create()) {
            epoll.add(event.fd(), EPOLLIN, 1);
            assertThat(epoll.await(0)).isZero();

            epoll.modify(event.fd(), EPOLLOUT, 2);
            assertThat(epoll.await(0)).isEqualTo(1);
            assertThat(epoll.token(0)).isEqualTo(2);

            epoll.delete(event.fd());
            assertThat(epoll.await(0)).isZero();
        }
    }

    @Test
    void moreEventsThanRoomComeWithTheNextCalls() {
        try (Epoll epoll = Epoll.create(1);
                EventFd first = EventFd.create();
                EventFd second = EventFd.create()) {
            epoll.add(first.fd(), EPOLLIN, 1);
            epoll.add(second.fd(), EPOLLIN, 2);
            first.signal();
            second.signal();

            Set<Long> seen = new TreeSet<>();
            for (int i = 0; i < 2; i++) {
                assertThat(epoll.await(0)).isEqualTo(1);
                seen.add(epoll.token(0));
            }
            assertThat(seen).containsExactly(1L, 2L);
        }
    }

    @Test
    void aClosedWriterIsAHangUp() {
        try (Epoll epoll = Epoll.create(8);
                Pipe pipe = Descriptors.pipe(0)) {
            epoll.add(pipe.readEnd(), EPOLLIN, 1);
            pipe.writeEnd().close();

            assertThat(epoll.await(-1)).isEqualTo(1);
            assertThat(epoll.events(0)).isEqualTo(EPOLLHUP);
        }
    }

    @Test
    void refusalsNameTheDescriptor() {
        try (Epoll epoll = Epoll.create(8);
                Fd file = Descriptors.open(Path.of("/proc/self"), LinuxConstants.O_RDONLY);
                EventFd event = EventFd.create()) {
            assertThatThrownBy(() -> epoll.add(file, EPOLLIN, 1))
                    .hasMessage("epoll_ctl \"" + file + "\": EPERM (Operation not permitted)");
            assertThatThrownBy(() -> epoll.delete(event.fd()))
                    .hasMessage("epoll_ctl \"" + event.fd() + "\": ENOENT (No such file or directory)");
        }
    }

    @Test
    void leavesNothingOpen() throws Exception {
        OpenDescriptors.assertNoLeak(this::tokensComeBackWhole);
    }
}
