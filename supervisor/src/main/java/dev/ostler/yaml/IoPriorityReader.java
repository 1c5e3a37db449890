package dev.ostler.yaml;

import dev.ostler.spec.IfUnsupported;
import dev.ostler.spec.ResourceItem;
import dev.ostler.spec.ResourceItem.IoClass;
import java.util.Optional;

/** Reads {@code io_priority}: a class, or a mapping with class and level. */
final class IoPriorityReader {
    private static final int LOWEST_LEVEL = 7;

    /** What the kernel gives a process of nice 0. */
    private static final int DEFAULT_LEVEL = 4;

    private IoPriorityReader() {}

    static Optional<ResourceItem> read(Yaml written) {
        if (!written.isMapping()) {
            return Choices.read(written, "class", IoClass.values())
                    .map(ioClass -> new ResourceItem.IoPriority(
                            ioClass,
                            ioClass == IoClass.IDLE ? 0 : DEFAULT_LEVEL,
                            IfUnsupported.FAIL,
                            written.origin()));
        }
        return written.map(Schema.IO_PRIORITY).flatMap(map -> mapping(map, written));
    }

    private static Optional<ResourceItem> mapping(YamlMap map, Yaml written) {
        Optional<IoClass> ioClass = Choices.required(map, "class", "class", IoClass.values());
        int level = map.or("level", Scalars.integer(0, LOWEST_LEVEL), DEFAULT_LEVEL);
        boolean idle = ioClass.filter(IoClass.IDLE::equals).isPresent();
        if (idle && map.has("level")) {
            map.get("level").ifPresent(value -> value.problem("the class idle has no levels"));
        }
        return ioClass.map(c ->
                new ResourceItem.IoPriority(c, idle ? 0 : level, ResourceReader.ifUnsupported(map), written.origin()));
    }
}
