package dev.ostler.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.ostler.supervise.History;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.temporal.ChronoUnit;

/** One change of state as a line of JSON; apart from the command, which is there from the start. Any thread. */
final class EventJson {
    private static final JsonFactory JSON = new JsonFactory();

    private EventJson() {}

    static String line(History.Happening happening) {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeNumberField("number", happening.number());
            json.writeStringField(
                    "at", happening.at().truncatedTo(ChronoUnit.MILLIS).toString());
            json.writeStringField("service", happening.service());
            json.writeNumberField("run", happening.run());
            json.writeStringField("from", happening.from().toString());
            json.writeStringField("to", happening.to().toString());
            json.writeStringField("reason", happening.reason());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        return out + "\n";
    }
}
