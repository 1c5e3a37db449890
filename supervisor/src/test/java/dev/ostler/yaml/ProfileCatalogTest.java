package dev.ostler.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What {@code ostler profiles} tells. */
class ProfileCatalogTest {
    private static final Path BESIDE = Path.of("/project/profiles");

    private static FakeProject project(String... lines) {
        return FakeProject.of(lines);
    }

    private static ProfileCatalog catalog(FakeProject project, String... besides) {
        Map<Path, List<Path>> directories = Map.of(
                BESIDE,
                Stream.of(besides).map(BESIDE::resolve).toList(),
                FakeProject.SHIPPED,
                List.of(FakeProject.SHIPPED.resolve("none.yaml"), FakeProject.SHIPPED.resolve("README.md")));
        return new ProfileCatalog(project.source(), directory -> directories.getOrDefault(directory, List.of()));
    }

    private static List<String> lines(ProfileCatalog.Shown shown) {
        return shown.profile().orElseThrow().lines().stream()
                .map(line -> line.text() + " # " + line.origin().file() + ":"
                        + line.origin().line())
                .toList();
    }

    @Test
    void listsAllThatANameCanMean() {
        FakeProject project = project("profiles: { own: { description: of this file, nice: 1 } }")
                .file("profiles/ours.yaml", "profiles:", "  ours: { nice: 2 }", "  inner: { nice: 3 }");

        ProfileCatalog.Listing listing =
                catalog(project, "ours.yaml", "notes.txt").list();

        assertThat(listing.problems()).isEmpty();
        assertThat(listing.entries())
                .extracting(entry -> entry.name() + " " + entry.origin().file() + ":"
                        + entry.origin().line() + " " + !entry.description().isEmpty())
                .containsExactly(
                        "none <shipped>/none.yaml:3 true", "ours profiles/ours.yaml:2 false", "own ostler.yaml:1 true");
    }

    @Test
    void aNameInTwoPlacesIsAnErrorThatNamesBoth() {
        FakeProject project = project("profiles: { ours: { nice: 1 } }")
                .file("profiles/ours.yaml", "profiles: { ours: { nice: 2 } }");

        String problem = "profile \"ours\" is in ostler.yaml and in profiles/ours.yaml; write ./file.yaml#name";
        assertThat(catalog(project, "ours.yaml").list().problems()).containsExactly(problem);
        assertThat(catalog(project, "ours.yaml").show("ours").problems()).containsExactly(problem);
        assertThat(lines(catalog(project, "ours.yaml").show("./profiles/ours.yaml#ours")))
                .containsExactly("nice: 2 # profiles/ours.yaml:1");
    }

    @Test
    void anUnknownNameHasANearestOne() {
        assertThat(catalog(project("profiles: {}")).show("nonne").problems())
                .containsExactly("unknown profile \"nonne\", did you mean \"none\"?");
    }

    @Test
    void aBrokenFileIsToldAndTheOthersAreListed() {
        FakeProject project =
                project("profiles: {}").file("profiles/bad.yaml", "profiles: {").file("profiles/odd.yaml", "{}");

        ProfileCatalog.Listing listing =
                catalog(project, "bad.yaml", "odd.yaml").list();

        assertThat(listing.problems())
                .hasSize(2)
                .anyMatch(problem -> problem.startsWith("profiles/bad.yaml:2:1: not valid YAML"))
                .anyMatch(problem -> problem.contains("\"profiles/odd.yaml\" has no profile \"odd\""));
        assertThat(listing.entries()).extracting(ProfileCatalog.Entry::name).containsExactly("none");
    }

    @Test
    void showsTheSumOfAllLayersAndWhoSaidWhat() {
        FakeProject project = project(
                        "profiles:",
                        "  top:",
                        "    extends: { profile: ./low.yaml#low, with: { size: 5 } }",
                        "    group_add: [a, 'b c']",
                        "    environment: { B: \"${HOME}\" }")
                .variable("HOME", "/h")
                .file(
                        "low.yaml",
                        "profiles:",
                        "  low:",
                        "    params: { size: 1 }",
                        "    nice: ${param.size}",
                        "    environment: { A: \"null\" }",
                        "    group_add: [z]");

        ProfileCatalog.Shown shown = catalog(project).show("top");

        assertThat(shown.problems()).isEmpty();
        assertThat(lines(shown))
                .containsExactly(
                        "nice: 5 # ostler.yaml:3",
                        "environment: # ostler.yaml:5",
                        "  A: 'null' # low.yaml:5",
                        "  B: '${HOME}' # ostler.yaml:5",
                        "group_add: # ostler.yaml:4",
                        "- a # ostler.yaml:4",
                        "- 'b c' # ostler.yaml:4");
    }

    @Test
    void aParameterWithoutAValueStaysOpen() {
        FakeProject project = project(
                "profiles:",
                "  p: { params: { n: { description: how nice } }, nice: \"${param.n}\", umask: \"0022\" }");

        ProfileCatalog.Shown shown = catalog(project).show("p");

        assertThat(shown.profile().orElseThrow().parameters())
                .extracting(ShownProfile.Parameter::name, ShownProfile.Parameter::description)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("n", "how nice"));
        assertThat(lines(shown))
                .containsExactly(
                        "params: # ostler.yaml:2",
                        "  n: # ostler.yaml:2",
                        "nice: '${param.n}' # ostler.yaml:2",
                        "umask: 0022 # ostler.yaml:2");
    }

    @Test
    void whatIsShownOfEachShippedProfileIsAProfileThatSaysTheSame() {
        for (String name : List.of("strict", "jvm-service", "build-job", "default")) {
            FakeProject project = project("profiles: {}");
            ShownProfile shown = new ProfileCatalog(
                            project.source(), directory -> List.of(FakeProject.SHIPPED.resolve(name + ".yaml")))
                    .show(name)
                    .profile()
                    .orElseThrow();
            StringBuilder file = new StringBuilder("profiles:\n  again:\n");
            shown.lines()
                    .forEach(line -> file.append("    ").append(line.text()).append('\n'));
            FakeProject again = project(file.toString());

            List<String> same = new ProfileCatalog(again.source(), directory -> List.of())
                    .show("again").profile().orElseThrow().lines().stream()
                            .map(ShownProfile.Line::text)
                            .toList();

            assertThat(same)
                    .as(name)
                    .isEqualTo(
                            shown.lines().stream().map(ShownProfile.Line::text).toList());
        }
    }
}
