package dev.ostler.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The diagram is made from the table, so it cannot tell anything else. {@code -Dostler.write=true} writes it anew. */
class StateDiagramTest {
    private static final Path DIAGRAM = Path.of("STATES.md");

    @Test
    void theCheckedInDiagramIsThatOfTheTable() throws IOException {
        if (Boolean.getBoolean("ostler.write")) {
            Files.writeString(DIAGRAM, diagram());
        }

        assertThat(Files.readString(DIAGRAM))
                .as("run: mvn test -pl supervisor -Dtest=StateDiagramTest -Dostler.write=true")
                .isEqualTo(diagram());
    }

    @Test
    void everyStateCanBeReachedAndLeftAndNoEdgeIsListedTwice() {
        Set<ServiceState> reached = EnumSet.of(ServiceState.DOWN);
        Set<ServiceState> left = EnumSet.noneOf(ServiceState.class);
        for (TransitionTable.Edge edge : TransitionTable.edges()) {
            reached.add(edge.to());
            left.add(edge.from());
        }

        assertThat(reached).containsExactlyInAnyOrder(ServiceState.values());
        assertThat(left).containsExactlyInAnyOrder(ServiceState.values());
        assertThat(TransitionTable.edges().stream().map(edge -> edge.from() + " " + edge.to()))
                .doesNotHaveDuplicates();
    }

    private static String diagram() {
        StringBuilder text = new StringBuilder("""
                # States of a service

                Made from `TransitionTable` by `StateDiagramTest`; do not edit.

                ```mermaid
                stateDiagram-v2
                    [*] --> down
                """);
        for (TransitionTable.Edge edge : TransitionTable.edges()) {
            text.append("    %s --> %s: %s%n".formatted(id(edge.from()), id(edge.to()), edge.when()));
        }
        text.append("```\n\n| state | a process may exist | has a deadline |\n|---|---|---|\n");
        for (ServiceState state : ServiceState.values()) {
            text.append("| %s | %s | %s |%n".formatted(state, yes(state.isAlive()), yes(state.ownsDeadline())));
        }
        return text.toString();
    }

    private static String id(ServiceState state) {
        return state.toString().replace('-', '_');
    }

    private static String yes(boolean is) {
        return is ? "yes" : "no";
    }
}
