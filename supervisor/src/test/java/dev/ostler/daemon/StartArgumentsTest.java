package dev.ostler.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class StartArgumentsTest {
    private static StartArguments parse(String file, String... more) {
        String[] args = new String[4 + more.length];
        args[0] = "home=/opt/ostler";
        args[1] = "project=/srv/a";
        args[2] = "file=" + file;
        args[3] = "cwd=/";
        System.arraycopy(more, 0, args, 4, more.length);
        return StartArguments.parse(args);
    }

    @Test
    void readsWhatTheKeeperHandsOver() {
        assertThat(parse("/srv/a/x=y.yaml", "mode=detached", "color=1"))
                .isEqualTo(new StartArguments(
                        Path.of("/opt/ostler"), Path.of("/srv/a"), Path.of("/srv/a/x=y.yaml"), true, true));
        assertThat(parse("/srv/a/o.yaml", "mode=foreground").detached()).isFalse();
        assertThat(parse("/srv/a/o.yaml", "mode=foreground").colour()).isFalse();
    }

    @Test
    void namesWhatIsMissingOrWrong() {
        assertThatThrownBy(() -> parse("/srv/a/o.yaml")).hasMessage("argument \"mode=\" is missing");
        assertThatThrownBy(() -> parse("/srv/a/o.yaml", "junk")).hasMessage("argument \"junk\" is not KEY=VALUE");
    }

    @Test
    void theHashIsFnv1aOfTheProjectDirectory() {
        StartArguments letter = new StartArguments(Path.of("/"), Path.of("a"), Path.of("/o"), false, false);

        assertThat(letter.projectHash()).isEqualTo("af63dc4c8601ec8c"); // the published value for "a"
    }

    @Test
    void theFileIsNamedRelativeToTheProjectItLiesIn() {
        assertThat(parse("/srv/a/conf/o.yaml", "mode=foreground").displayName()).isEqualTo("conf/o.yaml");
        assertThat(parse("/etc/o.yaml", "mode=foreground").displayName()).isEqualTo("/etc/o.yaml");
    }
}
