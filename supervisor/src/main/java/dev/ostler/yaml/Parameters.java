package dev.ostler.yaml;

import dev.ostler.base.NearestWord;
import dev.ostler.base.Origin;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a profile leaves open, {@code params:}, and the values that one who extends it gives. */
final class Parameters {
    private final String profile;
    private final Context context;
    private final Map<String, Origin> declared = new LinkedHashMap<>();
    private final Map<String, YamlNode> values = new LinkedHashMap<>();

    private Parameters(String profile, Context context) {
        this.profile = profile;
        this.context = context;
    }

    /** What becomes of a parameter that has no value. */
    enum Missing {
        /** Whoever extends the profile is told. */
        REFUSED,
        /** The profile is only checked: the keys of it that need the value are left out. */
        LEFT_OUT,
        /** The profile is only shown: the reference stays. */
        SHOWN
    }

    /**
     * The profile with its parameters replaced, without {@code params} and {@code description}; nothing when that cannot
     * be done, and a problem says why.
     *
     * @param given the mapping {@code with:} of whoever extends it
     * @param askedBy where that is
     */
    static Optional<YamlNode.Mapping> apply(
            String profile,
            YamlNode.Mapping written,
            Optional<YamlNode.Mapping> given,
            Origin askedBy,
            Missing missing,
            Context context,
            ParameterReferences.Bounds bounds) {
        Parameters parameters = new Parameters(profile, context);
        boolean sound = parameters.declare(written);
        sound &= parameters.give(given);
        if (missing == Missing.REFUSED) {
            sound &= parameters.refuseMissing(askedBy);
        }
        Map<String, YamlNode.Entry> body = new LinkedHashMap<>(written.entries());
        Schema.PROFILE.keys().forEach(body::remove);
        YamlNode.Mapping rest = new YamlNode.Mapping(written.origin(), body);
        return sound ? parameters.replace(rest, missing, bounds) : Optional.empty();
    }

    /** The parameters of a profile as they are declared; no problem is told. */
    static Map<String, YamlNode.Entry> declarations(YamlNode.Mapping profile) {
        return profile.entry("params")
                .map(YamlNode.Entry::value)
                .filter(YamlNode.Mapping.class::isInstance)
                .map(value -> ((YamlNode.Mapping) value).entries())
                .orElse(Map.of());
    }

    private boolean declare(YamlNode.Mapping written) {
        Optional<YamlNode> params = written.entry("params").map(YamlNode.Entry::value);
        if (params.isPresent() && !(params.get() instanceof YamlNode.Mapping)) {
            new Yaml(params.get(), context).wrongKind("a mapping");
            return false;
        }
        boolean sound = true;
        for (YamlNode.Entry parameter : declarations(written).values()) {
            if (!isName(parameter.key())) {
                context.problems()
                        .add(
                                parameter.origin(),
                                "\"" + parameter.key()
                                        + "\" is not a parameter's name: lower case letters, digits and _,"
                                        + " a letter first");
                sound = false;
                continue;
            }
            declared.put(parameter.key(), parameter.origin());
            describes(parameter.value());
            defaultOf(parameter.value()).ifPresent(value -> values.put(parameter.key(), value));
        }
        return sound;
    }

    private void describes(YamlNode declaration) {
        if (declaration instanceof YamlNode.Mapping mapping) {
            YamlMap map = new YamlMap(mapping, context);
            map.refuseUnknown(Schema.PARAM);
            map.get("description").ifPresent(text -> text.as(Scalars::nonEmpty));
        }
    }

    /** A mapping describes the parameter; anything else is its default. */
    static Optional<YamlNode> defaultOf(YamlNode declaration) {
        Optional<YamlNode> value = declaration instanceof YamlNode.Mapping mapping
                ? mapping.entry("default").map(YamlNode.Entry::value)
                : Optional.of(declaration);
        return value.filter(given -> !isAbsent(given));
    }

    private static boolean isAbsent(YamlNode node) {
        return node instanceof YamlNode.Scalar scalar && scalar.absent();
    }

    private static boolean isName(String text) {
        boolean good = !text.isEmpty() && text.charAt(0) >= 'a' && text.charAt(0) <= 'z';
        for (int i = 0; i < text.length() && good; i++) {
            char c = text.charAt(i);
            good = c == '_' || c >= 'a' && c <= 'z' || Scalars.isDigit(c);
        }
        return good;
    }

    private boolean give(Optional<YamlNode.Mapping> given) {
        boolean sound = true;
        for (YamlNode.Entry argument :
                given.map(mapping -> mapping.entries().values()).orElse(List.of())) {
            if (!declared.containsKey(argument.key())) {
                String hint = NearestWord.hint(argument.key(), declared.keySet());
                context.problems()
                        .add(
                                argument.origin(),
                                "profile \"" + profile + "\" has no parameter \"" + argument.key() + "\""
                                        + (hint.isEmpty() ? known() : hint));
                sound = false;
            } else if (isAbsent(argument.value())) {
                new Yaml(argument.value(), context).problem("expected a value for \"" + argument.key() + "\"");
                sound = false;
            } else {
                values.put(argument.key(), argument.value());
            }
        }
        return sound;
    }

    private String known() {
        return declared.isEmpty() ? "; it has none" : "; it has " + String.join(", ", declared.keySet());
    }

    private boolean refuseMissing(Origin askedBy) {
        List<String> missing = declared.keySet().stream()
                .filter(name -> !values.containsKey(name))
                .toList();
        for (String name : missing) {
            Origin at = declared.get(name);
            context.problems()
                    .add(
                            askedBy,
                            "profile \"" + profile + "\" needs \"" + name + "\" (" + at.file() + ":" + at.line() + ":"
                                    + at.column() + "); write { profile: " + profile + ", with: { " + name + ": … } }");
        }
        return missing.isEmpty();
    }

    private Optional<YamlNode.Mapping> replace(
            YamlNode.Mapping body, Missing missing, ParameterReferences.Bounds bounds) {
        if (declared.isEmpty()) {
            return Optional.of(body); // a reference that is in it nevertheless is a problem of its reader
        }
        ParameterReferences references = new ParameterReferences(declared.keySet(), values, context.problems(), bounds);
        Optional<YamlNode.Mapping> replaced = references.replace(body, missing == Missing.LEFT_OUT);
        declared.forEach((name, origin) -> {
            if (replaced.isPresent() && !references.used().contains(name)) {
                context.problems().warn(origin, "nothing in the profile refers to the parameter \"" + name + "\"");
            }
        });
        return replaced;
    }
}
