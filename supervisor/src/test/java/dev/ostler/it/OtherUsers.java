package dev.ostler.it;

import java.lang.reflect.Method;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/** Skips what is to run as another user where only root could become that one: the same test runs as whoever runs all. */
public final class OtherUsers implements InvocationInterceptor {
    @Override
    public void interceptTestTemplateMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> called, ExtensionContext context)
            throws Throwable {
        boolean other = called.getArguments().stream()
                .anyMatch(argument -> argument instanceof As as && as != As.CURRENT && !As.isRoot());
        Assumptions.assumeFalse(other, "skipped: needs root, to become another user");
        invocation.proceed();
    }
}
