package dev.ostler.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.ServiceName;
import dev.ostler.spec.Setting;
import java.util.List;
import org.junit.jupiter.api.Test;

class SettingsTest {
    @Test
    void everyKeyOfAllLayersIsASetting() {
        List<String> settings = settings(FakeProject.webWith(
                "extends: jvm-service",
                "environment: [PORT=80]",
                "ready: { tcp: 80 }",
                "stop: [ { signal: TERM }, { wait: 1s } ]",
                "depends_on: {}"));

        assertThat(settings)
                .contains(
                        "command=[true-program]",
                        "environment.PORT=80",
                        "ready.tcp=80",
                        "stop[0].signal=TERM",
                        "stop[1].wait=1s");
        assertThat(settings).anyMatch(text -> text.startsWith("sandbox."));
    }

    @Test
    void variablesOfEnvFilesAndSubstitutionsAreHidden() {
        FakeProject project = FakeProject.webWith(
                        "env_file: web.env", "environment: { A: \"${TOKEN}\", B: plain }", "nice: \"${NICE}\"")
                .file("web.env", "C=secret")
                .variable("TOKEN", "t")
                .variable("NICE", "3");

        assertThat(raw(project).stream().filter(Setting::hidden).map(Setting::key))
                .containsExactlyInAnyOrder("environment.A", "environment.C", "nice");
        assertThat(settings(project)).contains("environment.A=t", "environment.B=plain", "environment.C=secret");
    }

    @Test
    void aSecretHasTheNameOfItsFileAndNotItsContent() {
        FakeProject project = FakeProject.of(
                        "secrets: { db: { file: /etc/db } }",
                        "services: { web: { command: [x], secrets: [db], sandbox: { root: empty } } }")
                .file("/etc/db", "value");

        assertThat(settings(project)).contains("secrets=[db]", "secrets.db.file=/etc/db");
        assertThat(raw(project)).noneMatch(setting -> setting.value().contains("value"));
    }

    @Test
    void theyAreMadeOnlyForWhoWantsThem() {
        assertThat(FakeProject.webWith("nice: 3").loaded().settings()).isEmpty();
    }

    private static List<String> settings(FakeProject project) {
        return raw(project).stream()
                .map(setting -> setting.key() + "=" + setting.value())
                .toList();
    }

    private static List<Setting> raw(FakeProject project) {
        ProjectSource source = project.source();
        LoadResult result = YamlProject.load(new ProjectSource(
                source.file(),
                source.displayName(),
                source.profileDirectories(),
                source.shippedProfiles(),
                source.environment(),
                source.reader(),
                true));
        return ((LoadResult.Loaded) result).settings().get(new ServiceName("web"));
    }
}
