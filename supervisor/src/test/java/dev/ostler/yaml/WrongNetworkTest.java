package dev.ostler.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exact messages of what is wrong below {@code sandbox.network}. */
class WrongNetworkTest {
    private static final String NO_PREFIX =
            " is not an address with the length of its prefix; write 10.1.0.2/24 or fd00::2/64";

    @Test
    void aWordOrAPair() {
        networkSays("[veth]", ": expected text, found a list");
        networkSays("{ vet: {} }", ": \"veth\" is missing", ".vet: unknown key \"vet\", did you mean \"veth\"?");
        networkSays("{ veth: br0 }", ".veth: expected a mapping, found text");
        says("hots: x", ".hots: unknown key \"hots\", did you mean \"host\"?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sixteen--letters", "a/b", "a:b", "a b", "veth%d", ".", "..", "é", "''"})
    void namesOfInterfaces(String name) {
        String text = name.replace("'", "");
        String why = "\"" + text + "\" is not the name of an interface: 1 to 15 characters, no blank, slash, colon or"
                + " percent sign";

        says("name: '" + text + "'", ".name: " + why);
        says("host: '" + text + "'", ".host: " + why);
        says("bridge: '" + text + "'", ".bridge: " + why);
    }

    @Test
    void theLoopbackInterfaceIsThereAlready() {
        says("name: lo", ".name: \"lo\" is the loopback interface");
    }

    @Test
    void addressesHaveAPrefix() {
        says("addresses: [10.1.0.256/24]", ".addresses[0]: \"10.1.0.256/24\"" + NO_PREFIX);
        says("addresses: [db/24]", ".addresses[0]: \"db/24\"" + NO_PREFIX);
        says("addresses: [10.1.0.2/33]", ".addresses[0]: \"10.1.0.2/33\" lacks the length of the prefix, /0 to /32");
        says("addresses: ['fd00::2']", ".addresses[0]: \"fd00::2\" lacks the length of the prefix, /0 to /128");
        says("addresses: 10.1.0.2/24", ".addresses: expected a list, found text");
        says("host_addresses: [x]", ".host_addresses[0]: \"x\"" + NO_PREFIX);
    }

    @Test
    void routesLeadSomewhere() {
        says("routes: [{ to: default }]", ".routes[0]: a default route needs \"via\"");
        says("routes: [{ via: 10.1.0.1 }]", ".routes[0]: \"to\" is missing");
        says("routes: [{ to: all, via: 10.1.0.1 }]", ".routes[0].to: \"all\"" + NO_PREFIX);
        says(
                "routes: [{ to: default, via: gw }]",
                ".routes[0].via: \"gw\" is not an address; write 10.1.0.1 or fd00::1");
        says(
                "routes: [{ to: 10.9.0.0/16, via: 'fd00::1' }]",
                ".routes[0]: \"to\" and \"via\" are of different versions of IP");
    }

    @Test
    void hardwareAddressAndMtu() {
        for (String mac : new String[] {"01:00:00:00:00:01", "00:00:00:00:00:00", "02:00:00:00:00", "0200.0000.0001"}) {
            says(
                    "mac: '" + mac + "'",
                    ".mac: \"" + mac + "\" is not the hardware address of one interface; write 02:00:00:00:00:01");
        }
        says("mtu: 67", ".mtu: \"67\" is not a whole number from 68 to 65535");
    }

    @Test
    void aPortOfABridgeHasNoAddresses() {
        says(
                "bridge: br0, host_addresses: [10.1.0.1/24]",
                ".host_addresses[0]: \"host_addresses\" does not go with \"bridge\": of a bridge and its ports the"
                        + " bridge has the addresses");
    }

    @Test
    void aNameOnTheHostIsThereOnce() {
        assertThat(FakeProject.of("""
                        services:
                          db: { command: x, sandbox: { network: { veth: { host: ve-web } } } }
                          web: { command: x, sandbox: { network: { veth: {} } } }
                          a-very-long-name: { command: x, sandbox: { network: { veth: {} } } }
                        """).messages())
                .containsExactly(
                        "ostler.yaml:3:50 (services.web.sandbox.network.veth): \"db\" and \"web\" both have the interface"
                                + " \"ve-web\" on the host",
                        "ostler.yaml:4:63 (services.a-very-long-name.sandbox.network.veth): \"host\" is missing:"
                                + " \"ve-a-very-long-name\" would have more than 15 characters");
    }

    private static void says(String veth, String message) {
        networkSays("{ veth: { " + veth + " } }", ".veth" + message);
    }

    private static void networkSays(String network, String... messages) {
        assertThat(FakeProject.webWith("sandbox: { network: " + network + " }").messages())
                .extracting(text ->
                        text.replaceFirst("^ostler.yaml:4:\\d+ \\(services.web.sandbox.network(.*?)\\): ", "$1: "))
                .containsExactly(messages);
    }
}
