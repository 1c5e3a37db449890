package dev.ostler.plan;

import dev.ostler.base.Origin;

/**
 * A limit as the kernel takes it: a value for a file of the service's cgroup. Written by the supervisor before the
 * launch, so that it holds from the first instruction on.
 *
 * @param controller {@code memory}, {@code pids}, …
 * @param version of the hierarchy that has the controller here
 */
public record CgroupFile(String controller, CgroupVersion version, String file, String value, Origin origin) {}
