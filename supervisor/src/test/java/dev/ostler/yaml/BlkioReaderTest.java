package dev.ostler.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BlkioReaderTest {
    @Test
    void disksThatCannotBeMeant() {
        var project = FakeProject.webWith(
                "blkio_config:",
                "  weight: 5",
                "  device_read_bps: { path: /dev/sda, rate: 1m }",
                "  device_write_bps: [{ path: sda, rate: 1m }, { path: /dev/sda, rate: fast }]",
                "  device_read_iops: [{ path: /dev/sda, rate: 1k }]",
                "  device_write_iops: [{ path: /dev/sda }, /dev/sdb]",
                "  device_read_ops: []");

        String blkio = "(services.web.blkio_config";
        assertThat(project.messages())
                .containsExactly(
                        "ostler.yaml:5:15 " + blkio + ".weight): \"5\" is not a whole number from 10 to 1000",
                        "ostler.yaml:6:24 " + blkio + ".device_read_bps): expected a list, found a mapping",
                        "ostler.yaml:7:34 " + blkio
                                + ".device_write_bps[0].path): \"sda\" is not the absolute path of a device file",
                        "ostler.yaml:7:75 " + blkio
                                + ".device_write_bps[1].rate): \"fast\" is not a size; write 4096, 64k, 512m or 2g",
                        "ostler.yaml:8:50 " + blkio
                                + ".device_read_iops[0].rate): \"1k\" is not a whole number from 1 to 2147483647",
                        "ostler.yaml:9:27 " + blkio + ".device_write_iops[0]): \"rate\" is missing",
                        "ostler.yaml:9:47 " + blkio + ".device_write_iops[1]): expected a mapping, found text",
                        "ostler.yaml:10:7 " + blkio
                                + ".device_read_ops): unknown key \"device_read_ops\", did you mean"
                                + " \"device_read_bps\"?");
    }
}
