package dev.ostler.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.ostler.spec.Setting;
import dev.ostler.supervise.Change;
import dev.ostler.supervise.Difference;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/** What {@code diff --json} prints. Values that may be secret are never in it. Pure; the first use loads Jackson. */
public final class ChangeJson {
    private ChangeJson() {}

    /** @param overall what has changed over all services */
    public static String of(List<Change> changes, List<Difference> overall) {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            write(json, "overall", overall);
            json.writeArrayFieldStart("services");
            for (Change change : changes) {
                json.writeStartObject();
                json.writeStringField("name", change.service().value());
                json.writeStringField("action", change.kind().toString());
                write(json, "differences", change.differences());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        return out + "\n";
    }

    private static void write(JsonGenerator json, String name, List<Difference> differences) throws IOException {
        json.writeArrayFieldStart(name);
        for (Difference difference : differences) {
            json.writeStartObject();
            json.writeStringField("key", difference.key());
            json.writeStringField("change", kind(difference));
            json.writeBooleanField("hidden", difference.isHidden());
            if (!difference.isHidden()) {
                write(json, "before", difference.before());
                write(json, "after", difference.after());
            }
            json.writeStringField("origin", difference.origin().toString());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static String kind(Difference difference) {
        if (difference.before().isEmpty()) {
            return "added";
        }
        return difference.after().isEmpty() ? "removed" : "changed";
    }

    private static void write(JsonGenerator json, String name, Optional<Setting> setting) throws IOException {
        if (setting.isPresent()) {
            json.writeStringField(name, setting.get().value());
        }
    }
}
