package dev.ostler.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Tells what this kernel and these rights can give. */
@Command(
        name = "doctor",
        description = {
            "Tell what this kernel and these rights can give to services, and what each missing thing takes away.",
            "Lines with - in front are what is missing. Nothing is changed."
        })
final class DoctorCommand implements Callable<Integer> {
    private static final int MOST_BYTES = 8192;

    private final LocalContext context;

    @Mixin
    private HelpOption help;

    @Option(names = "--json", description = "For programs.")
    private boolean json;

    DoctorCommand(LocalContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        List<Diagnosis.Item> items = Diagnosis.of(context.facts().get(), KernelAnswers.ask(), DoctorCommand::text);
        context.out().print(json ? json(items) : text(items));
        return ExitCode.OK;
    }

    private static String text(List<Diagnosis.Item> items) {
        int width = items.stream().mapToInt(item -> item.name().length()).max().orElse(0);
        StringBuilder out = new StringBuilder();
        for (Diagnosis.Item item : items) {
            out.append(item.ok() ? "  " : "- ")
                    .append(item.name())
                    .append(" ".repeat(width - item.name().length() + 2))
                    .append(item.value());
            item.missing().ifPresent(missing -> out.append(" -> no ").append(missing));
            out.append('\n');
        }
        return out.toString();
    }

    static String json(List<Diagnosis.Item> items) {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            json.writeArrayFieldStart("items");
            for (Diagnosis.Item item : items) {
                json.writeStartObject();
                json.writeStringField("name", item.name());
                json.writeStringField("value", item.value());
                json.writeBooleanField("ok", item.ok());
                if (item.missing().isPresent()) {
                    json.writeStringField("missing", item.missing().get());
                }
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        return out + "\n";
    }

    /**
     * A link such as /proc/self/ns/net counts by what it points to. Files of /proc/sys give all they have to the first read
     * and nothing to a second one, so one read must be enough.
     */
    private static Optional<String> text(Path path) {
        if (Files.isSymbolicLink(path)) {
            return Optional.of(path.toString());
        }
        try (InputStream in = Files.newInputStream(path)) {
            return Optional.of(new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8).strip());
        } catch (IOException ignored) { // not on this kernel, or not for this user
            return Optional.empty();
        }
    }
}
