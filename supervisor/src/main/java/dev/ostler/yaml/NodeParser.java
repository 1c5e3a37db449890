package dev.ostler.yaml;

import dev.ostler.base.Origin;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.scanner.ScannerImpl;

/**
 * Bytes of one file to a {@link YamlNode} tree. SnakeYAML parses and constructs no objects, so no tag can
 * name a class.
 */
final class NodeParser {
    /** The language itself is eight deep. Bounds every recursion over the tree. */
    static final int DEEPEST = 32;

    private NodeParser() {}

    /** The top-level mapping; problems and nothing when there is none. */
    static Optional<YamlNode.Mapping> parse(byte[] bytes, String file, Problems problems) {
        Optional<String> text = TextDecoder.decode(bytes, file, problems);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Optional<YamlNode> root = compose(text.get(), file, problems);
        if (root.isPresent() && !(root.get() instanceof YamlNode.Mapping)) {
            problems.add(
                    root.get().origin(),
                    "expected a mapping, found " + root.get().kind());
        }
        return root.filter(YamlNode.Mapping.class::isInstance).map(YamlNode.Mapping.class::cast);
    }

    private static Optional<YamlNode> compose(String text, String file, Problems problems) {
        StreamReader reader = new StreamReader(new PieceReader(text));
        try {
            Node root = NodeComposer.of(new ScannerImpl(reader, options())).document();
            if (root == null || root.getTag().equals(Tag.NULL)) {
                problems.add(new Origin(file, 1, 1, ""), "the file is empty");
                return Optional.empty();
            }
            return new NodeConverter(file, problems).convert(root);
        } catch (MarkedYAMLException e) {
            String context = e.getContext() == null ? "" : e.getContext() + ": ";
            Mark mark = e.getProblemMark() == null ? reader.getMark() : e.getProblemMark();
            problems.add(origin(file, mark), "not valid YAML: " + context + e.getProblem());
        } catch (RuntimeException e) {
            // SnakeYAML is a parser of untrusted bytes: whatever it trips over is a fault of the file, not of ours.
            problems.add(origin(file, reader.getMark()), "not valid YAML: " + e.getMessage());
        }
        return Optional.empty();
    }

    private static Origin origin(String file, Mark mark) {
        return new Origin(file, mark.getLine() + 1, mark.getColumn() + 1, "");
    }

    /** SnakeYAML's own bound names no place, so ours come first: TextDecoder, NodeComposer, NodeConverter. */
    private static LoaderOptions options() {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(Integer.MAX_VALUE);
        return options;
    }
}
