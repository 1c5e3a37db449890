package dev.ostler.base;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IpPrefixTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0/0",
                "10.1.0.2/24",
                "255.255.255.255/32",
                "::/0",
                "::1/128",
                "fd00::2/64",
                "FD00::/8",
                "1:2:3:4:5:6:7:8/128",
                "1:2:3:4:5:6:7::/64",
                "::2:3:4:5:6:7:8/64",
                "1::8/64"
            })
    void whatIsOneIsKeptAsItWasWritten(String text) {
        assertThat(IpPrefix.parse(text)).get().hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/24",
                "10.1.0.2",
                "10.1.0.2/",
                "10.1.0.2/33",
                "10.1.0.2/-1",
                "10.1.0.2/+1",
                "10.1.0.2/0024",
                "10.1.0.2/24/24",
                "10.1.0/24",
                "10.1.0.2.3/24",
                "10.1.0.2./24",
                "10.1.0.256/24",
                "10.1.0.02/24",
                "10.1.0.x/24",
                "localhost/24",
                "fd00::2/129",
                "fd00::2%eth0/64",
                "1:2:3:4:5:6:7/64",
                "1:2:3:4:5:6:7:8:9/64",
                "1:2:3:4:5:6:7:8::/64",
                "1::2::3/64",
                ":::/64",
                ":1:2:3:4:5:6:7/64",
                "12345::/64",
                "fg00::/64",
                "::ffff:10.1.0.2/128"
            })
    void anythingElseIsNone(String text) {
        assertThat(IpPrefix.parse(text)).isEmpty();
    }
}
