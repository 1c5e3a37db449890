package dev.ostler.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.ostler.base.Origin;
import dev.ostler.yaml.ProfileCatalog;
import dev.ostler.yaml.ShownProfile;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists the profiles that can be extended here, or shows what one of them comes to. */
@Command(
        name = "profiles",
        description = {
            "List the profiles that can be extended from here, or show one of them with all it extends, as YAML, each line"
                    + " with the place that says so.",
            "What every service gets, the profile \"default\", is not repeated in the others."
        })
final class ProfilesCommand implements Callable<Integer> {
    private static final int WIDEST = 72;

    private final LocalContext context;

    @Spec
    private CommandSpec spec;

    @Mixin
    private HelpOption help;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "The YAML whose profiles count as well (default: ostler.yaml here, if there is one).")
    private String file;

    @Option(names = "--json", description = "For programs.")
    private boolean json;

    @Parameters(
            arity = "0..2",
            paramLabel = "show PROFILE",
            hideParamSyntax = true,
            description = "The profile: a name, or ./file.yaml#name.")
    private List<String> words = List.of();

    ProfilesCommand(LocalContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        if (!words.isEmpty() && !words.get(0).equals("show")) {
            throw new ParameterException(
                    spec.commandLine(), "\"" + words.get(0) + "\" is not \"show\"; write: profiles show PROFILE");
        }
        if (words.size() == 1) {
            throw new ParameterException(spec.commandLine(), "which one? write: profiles show PROFILE");
        }
        ProfileCatalog catalog = context.profiles(file);
        return words.isEmpty() ? list(catalog.list()) : show(catalog.show(words.get(1)));
    }

    private int list(ProfileCatalog.Listing listing) {
        context.out().print(json ? json(listing.entries()) : text(listing.entries()));
        return tell(listing.problems());
    }

    private int show(ProfileCatalog.Shown shown) {
        shown.profile().ifPresent(profile -> context.out().print(json ? json(profile) : text(profile)));
        return tell(shown.problems());
    }

    private int tell(List<String> problems) {
        problems.forEach(context.err()::println);
        return problems.isEmpty() ? ExitCode.OK : ExitCode.FAILED;
    }

    private static String text(List<ProfileCatalog.Entry> entries) {
        int names = entries.stream().mapToInt(e -> e.name().length()).max().orElse(0);
        int places =
                entries.stream().mapToInt(e -> place(e.origin()).length()).max().orElse(0);
        StringBuilder out = new StringBuilder();
        for (ProfileCatalog.Entry entry : entries) {
            String line = padded(entry.name(), names) + "  " + padded(place(entry.origin()), places) + "  "
                    + entry.description();
            out.append(line.stripTrailing()).append('\n');
        }
        return out.toString();
    }

    /** A file that says the same in one piece. */
    private static String text(ShownProfile profile) {
        StringBuilder out = new StringBuilder();
        if (!profile.description().isEmpty()) {
            out.append("# ").append(profile.description()).append('\n');
        }
        for (ShownProfile.Parameter parameter : profile.parameters()) {
            out.append("# parameter ").append(parameter.name());
            out.append(parameter.value().map(value -> ", by default " + value).orElse(", which must be given"));
            out.append(parameter.description().isEmpty() ? "" : ": " + parameter.description());
            out.append(" (").append(place(parameter.origin())).append(")\n");
        }
        int width = profile.lines().stream()
                .mapToInt(line -> line.text().length())
                .filter(length -> length <= WIDEST)
                .max()
                .orElse(0);
        String nothing = profile.lines().isEmpty() ? " {}" : "";
        out.append("profiles:\n  ")
                .append(profile.name())
                .append(":")
                .append(nothing)
                .append('\n');
        for (ShownProfile.Line line : profile.lines()) {
            out.append("    ")
                    .append(padded(line.text(), width))
                    .append("  # ")
                    .append(place(line.origin()))
                    .append('\n');
        }
        return out.toString();
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    private static String place(Origin origin) {
        return origin.file() + ":" + origin.line() + ":" + origin.column();
    }

    private static String json(List<ProfileCatalog.Entry> entries) {
        return write(json -> {
            json.writeArrayFieldStart("profiles");
            for (ProfileCatalog.Entry entry : entries) {
                json.writeStartObject();
                json.writeStringField("name", entry.name());
                json.writeStringField("origin", place(entry.origin()));
                json.writeStringField("description", entry.description());
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    private static String json(ShownProfile profile) {
        return write(json -> {
            json.writeStringField("name", profile.name());
            json.writeStringField("description", profile.description());
            json.writeArrayFieldStart("params");
            for (ShownProfile.Parameter parameter : profile.parameters()) {
                json.writeStartObject();
                json.writeStringField("name", parameter.name());
                if (parameter.value().isPresent()) {
                    json.writeStringField("default", parameter.value().get());
                }
                json.writeStringField("description", parameter.description());
                json.writeStringField("origin", place(parameter.origin()));
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayFieldStart("keys");
            for (ShownProfile.Line line : profile.lines()) {
                if (line.value().isPresent()) {
                    json.writeStartObject();
                    json.writeStringField("key", line.key());
                    json.writeStringField("value", line.value().get());
                    json.writeStringField("origin", place(line.origin()));
                    json.writeEndObject();
                }
            }
            json.writeEndArray();
        });
    }

    private interface Body {
        void write(JsonGenerator json) throws IOException;
    }

    private static String write(Body body) {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            body.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        return out + "\n";
    }
}
