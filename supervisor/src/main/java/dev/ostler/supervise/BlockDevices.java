package dev.ostler.supervise;

import dev.ostler.plan.HostFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Disks by their device files, as the kernel lists them below /sys/dev/block. */
final class BlockDevices {
    private static final Path LIST = Path.of("/sys/dev/block");

    private BlockDevices() {}

    static HostFacts.BlockDevice find(Path file) {
        long number;
        try {
            number = ((Number) Files.getAttribute(file, "unix:rdev")).longValue();
        } catch (IOException e) {
            return new HostFacts.BlockDevice(0, 0, "there is no device file \"" + file + "\"");
        }
        int major = (int) (number >> 8 & 0xfff); // makedev(3), as far as devices have numbers
        int minor = (int) (number & 0xff | number >> 12 & 0xfff00);
        Path listed = LIST.resolve(major + ":" + minor);
        if (number == 0 || !Files.exists(listed)) {
            return new HostFacts.BlockDevice(major, minor, "\"" + file + "\" is not a disk");
        }
        boolean partition = Files.exists(listed.resolve("partition"));
        return new HostFacts.BlockDevice(
                major, minor, partition ? "\"" + file + "\" is a partition, and rates are those of whole disks" : "");
    }
}
