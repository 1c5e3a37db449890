package dev.ostler.yaml;

import dev.ostler.base.Origin;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * SnakeYAML's node graph of one file to our tree: key paths, duplicate keys, merge keys ({@code <<}), tags, and a bound
 * on what aliases unfold to. What an alias stands for is converted once and keeps the origin of its anchor.
 */
final class NodeConverter {
    /** Values after unfolding all aliases. The largest file without aliases has fewer that mean anything. */
    static final long MOST_VALUES = 1_000_000;

    /** A converted node with what it costs to walk it; {@code node} is null while it is being converted. */
    private record Converted(YamlNode node, long values, int depth) {
        static final Converted IN_PROGRESS = new Converted(null, 0, 0);
    }

    /** Sums up children. */
    private static final class Cost {
        long values = 1;
        int depth;

        void add(Converted child) {
            values = Math.min(values + child.values(), Long.MAX_VALUE / 4);
            depth = Math.max(depth, child.depth());
        }
    }

    private final String file;
    private final Problems problems;
    private final Map<Node, Converted> done = new IdentityHashMap<>();
    private boolean unfoldsTooFar;

    NodeConverter(String file, Problems problems) {
        this.file = file;
        this.problems = problems;
    }

    /** Nothing when walking the tree would never end or take forever; a problem says so. */
    Optional<YamlNode> convert(Node root) {
        YamlNode converted = convert(root, "").node();
        return unfoldsTooFar ? Optional.empty() : Optional.of(converted);
    }

    private Converted convert(Node node, String path) {
        if (node.getAnchor() == null) { // nothing else leads here
            return bound(node, path, convertNew(node, path));
        }
        Converted known = done.get(node);
        if (known == Converted.IN_PROGRESS) {
            return tooFar(node, path, "the anchor \"" + node.getAnchor() + "\" holds an alias of itself");
        }
        if (known != null) {
            return known;
        }
        done.put(node, Converted.IN_PROGRESS);
        Converted converted = bound(node, path, convertNew(node, path));
        done.put(node, converted);
        return converted;
    }

    private Converted bound(Node node, String path, Converted converted) {
        if (converted.values() > MOST_VALUES) {
            return tooFar(node, path, "aliases unfold to more than " + MOST_VALUES + " values");
        }
        if (converted.depth() > NodeParser.DEEPEST) {
            return tooFar(node, path, "aliases unfold to more than " + NodeParser.DEEPEST + " levels");
        }
        return converted;
    }

    /** Once is enough: what holds this node is too large as well. */
    private Converted tooFar(Node node, String path, String message) {
        if (!unfoldsTooFar) {
            problems.add(origin(node.getStartMark(), path), message);
        }
        unfoldsTooFar = true;
        return nothing(node, path);
    }

    private Converted nothing(Node node, String path) {
        return new Converted(new YamlNode.Scalar(origin(node.getStartMark(), path), "", true), 1, 1);
    }

    private Converted convertNew(Node node, String path) {
        Origin origin = origin(node.getStartMark(), path);
        if (node instanceof ScalarNode scalar && (tagIs(node, Tag.STR) || isUntypedScalar(node))) {
            boolean absent = tagIs(node, Tag.NULL);
            return new Converted(new YamlNode.Scalar(origin, scalar.getValue(), absent), 1, 1);
        }
        if (node instanceof MappingNode mapping && tagIs(node, Tag.MAP)) {
            return mapping(mapping, origin);
        }
        if (node instanceof SequenceNode sequence && tagIs(node, Tag.SEQ)) {
            return sequence(sequence, origin);
        }
        problems.add(origin, "the tag \"" + shown(node.getTag()) + "\" has no meaning here; remove it");
        return nothing(node, path);
    }

    private static boolean tagIs(Node node, Tag tag) {
        return node.getTag() == tag; // of these there is one instance each
    }

    private static boolean isUntypedScalar(Node node) {
        return tagIs(node, Tag.NULL) || tagIs(node, Tag.MERGE);
    }

    private static String shown(Tag tag) {
        String value = tag.getValue();
        return value.startsWith(Tag.PREFIX) ? "!!" + value.substring(Tag.PREFIX.length()) : value;
    }

    private Converted sequence(SequenceNode node, Origin origin) {
        List<YamlNode> items = new ArrayList<>(node.getValue().size());
        Cost cost = new Cost();
        for (Node child : node.getValue()) {
            Converted item = convert(child, origin.key() + "[" + items.size() + "]");
            items.add(item.node());
            cost.add(item);
        }
        return new Converted(new YamlNode.Sequence(origin, items), cost.values, cost.depth + 1);
    }

    private Converted mapping(MappingNode node, Origin origin) {
        Entries entries = new Entries();
        Map<String, YamlNode.Entry> merged = Map.of();
        Cost cost = new Cost();
        for (NodeTuple tuple : node.getValue()) {
            Node keyNode = tuple.getKeyNode();
            if (tagIs(keyNode, Tag.MERGE)) {
                merged = merged.isEmpty() ? new LinkedHashMap<>() : merged;
                cost.add(mergeKey(tuple.getValueNode(), join(origin.key(), "<<"), merged));
            } else if (keyNode instanceof ScalarNode scalar && (tagIs(keyNode, Tag.STR) || tagIs(keyNode, Tag.NULL))) {
                String path = join(origin.key(), scalar.getValue());
                Converted value = convert(tuple.getValueNode(), path);
                cost.add(value);
                Origin keyOrigin = origin(keyNode.getStartMark(), path);
                add(entries, new YamlNode.Entry(scalar.getValue(), keyOrigin, value.node()));
            } else {
                problems.add(origin(keyNode.getStartMark(), origin.key()), "a key must be text");
            }
        }
        merged.forEach(entries.byKey::putIfAbsent);
        return new Converted(YamlNode.Mapping.of(origin, entries.byKey), cost.values, cost.depth + 1);
    }

    /** Of a mapping, while its own keys are read. */
    private static final class Entries {
        final LinkedHashMap<String, YamlNode.Entry> byKey = new LinkedHashMap<>();
        boolean anyAppends;
    }

    private void add(Entries entries, YamlNode.Entry entry) {
        YamlNode.Entry first = entries.byKey.putIfAbsent(entry.key(), entry);
        if (first != null) {
            String what = entry.origin().key().equals("services." + entry.key())
                    ? "two services named \"" + entry.key() + "\""
                    : "duplicate key \"" + entry.key() + "\"";
            Origin at = first.origin();
            problems.add(entry.origin(), what + ", the first is at " + at.file() + ":" + at.line() + ":" + at.column());
        }
        boolean appends = entry.key().startsWith("+");
        entries.anyAppends |= appends;
        if (!entries.anyAppends) {
            return;
        }
        String other = appends ? entry.key().substring(1) : "+" + entry.key();
        if (entries.byKey.containsKey(other)) {
            problems.add(entry.origin(), "both \"" + entry.key() + "\" and \"" + other + "\"; keep one of them");
        }
    }

    /** The value of {@code <<}: a mapping or a list of mappings; of equal keys the first one counts. */
    private Converted mergeKey(Node value, String path, Map<String, YamlNode.Entry> merged) {
        Converted converted = convert(value, path);
        List<YamlNode> sources =
                converted.node() instanceof YamlNode.Sequence sequence ? sequence.items() : List.of(converted.node());
        for (YamlNode source : sources) {
            if (source instanceof YamlNode.Mapping mapping) {
                mapping.entries().forEach(merged::putIfAbsent);
            } else {
                problems.add(source.origin(), "expected a mapping to merge, found " + source.kind());
            }
        }
        return converted;
    }

    private static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private Origin origin(Mark mark, String path) {
        return new Origin(file, mark.getLine() + 1, mark.getColumn() + 1, path);
    }
}
