package dev.ostler.yaml;

import dev.ostler.spec.EnvironmentVariable;
import dev.ostler.spec.MountSpec;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.spec.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The merged layers of a service as single settings, so that two versions of it can be compared key by key. For services
 * that were read without a problem.
 */
final class SettingsReader {
    /** What these give is the environment of the spec, variable by variable. */
    private static final Set<String> ENVIRONMENT = Set.of("environment", "env_file");

    private final Context context;
    private final List<Setting> settings = new ArrayList<>();

    private SettingsReader(Context context) {
        this.context = context;
    }

    static List<Setting> of(YamlNode.Mapping merged, ServiceSpec spec, Context context) {
        SettingsReader reader = new SettingsReader(context);
        for (YamlNode.Entry entry : merged.entries().values()) {
            if (!ENVIRONMENT.contains(entry.key())) {
                reader.read(entry.key(), entry.value());
            }
        }
        for (EnvironmentVariable variable : spec.process().environment()) {
            reader.settings.add(new Setting(
                    "environment." + variable.name(), variable.value(), variable.hidden(), variable.origin()));
        }
        if (merged.entry("secrets").isPresent()) {
            reader.secrets(spec);
        }
        return List.copyOf(reader.settings);
    }

    /** Which files they are is said elsewhere than in the service. */
    private void secrets(ServiceSpec spec) {
        String directory = Secrets.DIRECTORY + "/";
        for (MountSpec mount : spec.sandbox().mounts()) {
            if (mount instanceof MountSpec.Bind bind && bind.target().startsWith(directory)) {
                String name = bind.target().substring(directory.length());
                settings.add(new Setting("secrets." + name + ".file", bind.source(), false, bind.origin()));
            }
        }
    }

    /** Those of one key of the file that is not about a service. */
    static List<Setting> ofTop(YamlNode.Entry entry, Context context) {
        SettingsReader reader = new SettingsReader(context);
        reader.read(entry.key(), entry.value());
        return List.copyOf(reader.settings);
    }

    private void read(String key, YamlNode node) {
        if (node instanceof YamlNode.Mapping mapping) {
            mapping.entries().values().forEach(entry -> read(key + "." + entry.key(), entry.value()));
        } else if (node instanceof YamlNode.Sequence list
                && list.items().stream().allMatch(this::isText)) {
            texts(key, list);
        } else if (node instanceof YamlNode.Sequence list) {
            for (int i = 0; i < list.items().size(); i++) {
                read(key + "[" + i + "]", list.items().get(i));
            }
        } else if (node instanceof YamlNode.Scalar scalar) {
            Interpolation.Text text = text(scalar);
            settings.add(new Setting(key, text.value(), text.substituted(), node.origin()));
        }
    }

    private boolean isText(YamlNode node) {
        return node instanceof YamlNode.Scalar;
    }

    private void texts(String key, YamlNode.Sequence list) {
        List<String> words = new ArrayList<>();
        boolean hidden = false;
        for (YamlNode item : list.items()) {
            Interpolation.Text text = text((YamlNode.Scalar) item);
            words.add(text.value());
            hidden |= text.substituted();
        }
        settings.add(new Setting(key, words.toString(), hidden, list.origin()));
    }

    private Interpolation.Text text(YamlNode.Scalar scalar) {
        try {
            return context.interpolation().resolve(scalar.text());
        } catch (BadValue e) { // reading has reported it, or never looked at it
            return new Interpolation.Text(scalar.text(), false);
        }
    }
}
