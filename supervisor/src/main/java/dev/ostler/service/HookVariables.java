package dev.ostler.service;

import dev.ostler.base.ExitStatus;
import dev.ostler.base.ServiceName;
import dev.ostler.spec.HookSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What a hook is told in its environment, beside the variables of the service. Pure. */
final class HookVariables {
    private HookVariables() {}

    static Map<String, String> of(ServiceName service, HookSpec.Kind kind, Run run, Optional<Exit> lastExit) {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("OSTLER_SERVICE", service.value());
        variables.put("OSTLER_HOOK", kind.toString());
        if (kind == HookSpec.Kind.POST_START || kind == HookSpec.Kind.PRE_STOP) {
            run.pid().ifPresent(pid -> variables.put("OSTLER_MAIN_PID", pid.toString()));
        }
        if (kind == HookSpec.Kind.POST_STOP) {
            lastExit.ifPresent(exit -> exit(variables, exit));
        }
        return variables;
    }

    private static void exit(Map<String, String> variables, Exit exit) {
        variables.put("OSTLER_EXIT_CAUSE", exit.cause().kind());
        variables.put("OSTLER_EXIT_TEXT", exit.describe());
        variables.put("OSTLER_RAN_MS", Long.toString(exit.ran().toMillis()));
        exit.status()
                .filter(ExitStatus::isExited)
                .ifPresent(status -> variables.put("OSTLER_EXIT_CODE", Integer.toString(status.code())));
        exit.status()
                .flatMap(ExitStatus::signal)
                .ifPresent(signal -> variables.put("OSTLER_EXIT_SIGNAL", signal.toString()));
    }
}
