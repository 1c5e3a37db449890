package dev.ostler.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;
import org.yaml.snakeyaml.scanner.ScannerImpl;

/** The graph is that of SnakeYAML's own Composer, which reads the text as a whole, and so are the refusals. */
class NodeComposerTest {
    @Property(tries = 3000)
    void isThatOfTheComposer(@ForAll("yamlLike") String text) {
        assertSame(text);
    }

    @Test
    void filesInTheRepository() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of(".."))) {
            List<Path> all = files.filter(file -> file.toString().endsWith(".yaml"))
                    .filter(file -> !file.toString().contains("/target/"))
                    .toList();
            assertThat(all).hasSizeGreaterThan(10);
            for (Path file : all) {
                assertSame(Files.readString(file));
            }
        }
    }

    /** Each token somewhere at the end of a piece. */
    @Test
    void whereverPiecesEnd() {
        String text =
                "a: [x, \"y\\u00e9z\", 'it''s', ~, {b: *c, d: !t e}, f]\n---x: y\n...: - z\n- |+\n   k\n\n  l\r\nm: >-\n n\n";
        for (int before = 0; before < 2 * PieceReader.PIECE; before++) {
            assertSame("c: &c " + "c".repeat(before) + "\n" + text);
            assertSame("c: &c '" + "c ".repeat(before) + "\uD83D\uDE00'\na: [x, \"y\\u00e9z\", {b: *c, d: !t e}, f]\n");
        }
    }

    @Provide
    Arbitrary<String> yamlLike() {
        Arbitrary<String> pieces = Arbitraries.of(
                "a",
                "key",
                ":",
                ": ",
                " ",
                "\n",
                "\n  ",
                "\n    ",
                "- ",
                "[",
                "]",
                "{",
                "}",
                "&a ",
                "*a",
                "&b ",
                "*b",
                "<<: ",
                "!t ",
                "!!str ",
                "! ",
                "'",
                "\"",
                "|\n",
                ">-\n",
                "#",
                "%YAML 1.1\n",
                "---\n",
                "...\n",
                ",",
                "? ",
                "~",
                "null",
                "NULL",
                "<<",
                "0",
                "%TAG ! x\n",
                "@",
                "`",
                "\t",
                "\r",
                "\u2028",
                "\u00e9");
        return pieces.list().ofMaxSize(40).map(list -> String.join("", list));
    }

    private static void assertSame(String text) {
        StreamReader whole = new StreamReader(text);
        LoaderOptions options = options();
        String expected = shown(
                () -> new Composer(new ParserImpl(whole, options), new NullAndMerge(), options).getSingleNode(), whole);
        StreamReader pieces = new StreamReader(new PieceReader(text));
        String found =
                shown(() -> NodeComposer.of(new ScannerImpl(pieces, options())).document(), pieces);
        assertThat(found).as(text).isEqualTo(expected);
    }

    private static LoaderOptions options() {
        LoaderOptions options = new LoaderOptions();
        options.setMaxAliasesForCollections(Integer.MAX_VALUE);
        options.setTagInspector(tag -> true);
        return options;
    }

    private static String shown(Supplier<Node> composer, StreamReader reader) {
        try {
            Node root = composer.get();
            StringBuilder out = new StringBuilder();
            if (root != null) {
                show(root, new IdentityHashMap<>(), out);
            }
            return out.toString();
        } catch (MarkedYAMLException e) {
            return e.getContext() + ": " + e.getProblem() + place(e.getProblemMark());
        } catch (RuntimeException e) {
            return e.getMessage() + place(reader.getMark());
        }
    }

    private static String place(Mark mark) {
        return "@" + mark.getLine() + ":" + mark.getColumn();
    }

    private static void show(Node node, Map<Node, Integer> seen, StringBuilder out) {
        Integer known = seen.putIfAbsent(node, seen.size());
        if (known != null) {
            out.append("again ").append(known);
            return;
        }
        out.append(node.getTag().getValue()).append(place(node.getStartMark()));
        out.append(node.getAnchor() == null ? "" : "&" + node.getAnchor());
        if (node instanceof ScalarNode scalar) {
            out.append('"').append(scalar.getValue()).append("\"\n");
        } else if (node instanceof SequenceNode sequence) {
            out.append("[\n");
            sequence.getValue().forEach(item -> show(item, seen, out));
            out.append("]\n");
        } else {
            out.append("{\n");
            for (NodeTuple tuple : ((MappingNode) node).getValue()) {
                show(tuple.getKeyNode(), seen, out);
                show(tuple.getValueNode(), seen, out);
            }
            out.append("}\n");
        }
    }

    private static final class NullAndMerge extends Resolver {
        @Override
        protected void addImplicitResolvers() {
            addImplicitResolver(Tag.MERGE, MERGE, "<");
            addImplicitResolver(Tag.NULL, NULL, "~nN\0");
            addImplicitResolver(Tag.NULL, EMPTY, null);
        }
    }
}
