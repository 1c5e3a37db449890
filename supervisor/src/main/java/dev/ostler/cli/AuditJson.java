package dev.ostler.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.ostler.audit.Finding;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;

/** What {@code audit --json} prints. Pure. */
final class AuditJson {
    private AuditJson() {}

    static String of(List<Finding> findings) {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            json.writeArrayFieldStart("findings");
            for (Finding finding : findings) {
                json.writeStartObject();
                json.writeStringField("verdict", finding.verdict().name().toLowerCase(Locale.ROOT));
                json.writeStringField("item", finding.item());
                json.writeStringField("asked", finding.asked());
                json.writeStringField("true", finding.truth());
                json.writeStringField("origin", finding.origin());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        return out + "\n";
    }
}
