package dev.ostler.yaml;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.Parser;
import org.yaml.snakeyaml.parser.ParserException;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.scanner.Scanner;

/**
 * SnakeYAML's events to its node graph, as its own Composer makes it for a file without comments; that one looks for some
 * around each node, and takes a regular expression to each text. Refuses deep nesting with its place, before the recursion is
 * deep.
 */
final class NodeComposer {
    private static final List<Tag> KNOWN = List.of(Tag.STR, Tag.NULL, Tag.MERGE, Tag.SEQ, Tag.MAP);

    private final Parser parser;
    private final Map<String, Node> anchors = new HashMap<>();
    private int depth;

    private NodeComposer(Parser parser) {
        this.parser = parser;
    }

    static NodeComposer of(Scanner scanner) {
        return new NodeComposer(new ParserImpl(new OneTokenScanner(scanner)));
    }

    /** The root of the only document; null when there is none. */
    Node document() {
        parser.getEvent(); // of the stream's start
        Node root = null;
        if (!parser.checkEvent(Event.ID.StreamEnd)) {
            parser.getEvent(); // of the document's start
            root = node(parser.getEvent());
            parser.getEvent(); // of its end
        }
        Event last = parser.getEvent();
        if (!last.is(Event.ID.StreamEnd)) {
            throw new ParserException(
                    "expected a single document in the stream",
                    root.getStartMark(),
                    "but found another document",
                    last.getStartMark());
        }
        return root;
    }

    private Node node(Event event) {
        if (event instanceof ScalarEvent text) {
            return scalar(text);
        }
        if (event instanceof AliasEvent alias) {
            return alias(alias);
        }
        CollectionStartEvent start = (CollectionStartEvent) event;
        return start.is(Event.ID.SequenceStart) ? sequence(start) : mapping(start);
    }

    private Node alias(AliasEvent event) {
        Node node = anchors.get(event.getAnchor());
        if (node == null) {
            throw new ParserException(null, null, "found undefined alias " + event.getAnchor(), event.getStartMark());
        }
        return node;
    }

    private Node scalar(ScalarEvent event) {
        String value = event.getValue();
        boolean plain = event.getImplicit().canOmitTagInPlainScalar();
        Tag tag = tag(event.getTag(), plain ? ofPlain(value) : Tag.STR);
        Node node = new ScalarNode(tag, value, event.getStartMark(), event.getEndMark(), event.getScalarStyle());
        return anchored(node, event.getAnchor());
    }

    /** Numbers and booleans stay text until a key asks for them: {@code 0022} and {@code no} keep their spelling. */
    private static Tag ofPlain(String value) {
        return switch (value) {
            case "", "~", "null", "Null", "NULL" -> Tag.NULL;
            case "<<" -> Tag.MERGE;
            default -> Tag.STR;
        };
    }

    private Node sequence(CollectionStartEvent start) {
        enter(start.getStartMark());
        List<Node> items = new ArrayList<>();
        Node node = anchored(
                new SequenceNode(
                        tag(start.getTag(), Tag.SEQ), true, items, start.getStartMark(), null, start.getFlowStyle()),
                start.getAnchor());
        for (Event next = parser.getEvent(); !next.is(Event.ID.SequenceEnd); next = parser.getEvent()) {
            items.add(node(next));
        }
        depth--;
        return node;
    }

    private Node mapping(CollectionStartEvent start) {
        enter(start.getStartMark());
        List<NodeTuple> entries = new ArrayList<>();
        Node node = anchored(
                new MappingNode(
                        tag(start.getTag(), Tag.MAP), true, entries, start.getStartMark(), null, start.getFlowStyle()),
                start.getAnchor());
        for (Event next = parser.getEvent(); !next.is(Event.ID.MappingEnd); next = parser.getEvent()) {
            Node key = node(next);
            entries.add(new NodeTuple(key, node(parser.getEvent())));
        }
        depth--;
        return node;
    }

    /** One of those that are known is that very instance. */
    private static Tag tag(String written, Tag absent) {
        if (written == null || written.equals("!")) {
            return absent;
        }
        Tag tag = new Tag(written);
        int known = KNOWN.indexOf(tag);
        return known < 0 ? tag : KNOWN.get(known);
    }

    /** Before what it holds is known: that may be an alias of it. */
    private Node anchored(Node node, String anchor) {
        if (anchor != null) {
            node.setAnchor(anchor);
            anchors.put(anchor, node);
        }
        return node;
    }

    private void enter(Mark mark) {
        if (++depth > NodeParser.DEEPEST) {
            throw new ParserException(null, null, "nested more than " + NodeParser.DEEPEST + " deep", mark);
        }
    }
}
