package dev.ostler.yaml;

import dev.ostler.spec.ServiceCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads what is run beside a service; written as {@code command} is. */
final class CommandReader {
    private CommandReader() {}

    static Optional<ServiceCommand> read(Yaml target) {
        List<Yaml> items = target.isText() ? words(target) : target.list();
        List<String> words = new ArrayList<>();
        items.forEach(item -> item.as(text -> text).ifPresent(words::add));
        boolean empty =
                items.isEmpty() || words.size() == items.size() && words.get(0).isEmpty();
        if (empty && (target.isText() || target.isList())) {
            target.problem("the command is empty");
        }
        return empty || words.size() < items.size()
                ? Optional.empty()
                : Optional.of(new ServiceCommand(words, target.origin()));
    }

    private static List<Yaml> words(Yaml text) {
        try {
            return CommandLine.split(((YamlNode.Scalar) text.node()).text()).stream()
                    .map(word -> new Yaml(new YamlNode.Scalar(text.origin(), word), text.context()))
                    .toList();
        } catch (BadValue e) {
            text.problem(e.getMessage());
            return List.of(text);
        }
    }
}
