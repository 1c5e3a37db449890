package dev.ostler.linux;

import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.HeapInvocationBuffer;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.Library;
import com.kenai.jffi.Type;
import java.util.Arrays;

/**
 * A function of libc whose arguments and result are integers or addresses, called by jffi, the layer below jnr-ffi. errno is
 * kept for {@link Native#lastError}. Any platform thread.
 */
final class Function {
    private static final Invoker INVOKER = Invoker.getInstance();
    private static final Library LIBC = libc();

    private static final CallContext NONE = context(0);
    private static final CallContext ONE = context(1);
    private static final CallContext TWO = context(2);
    private static final CallContext THREE = context(3);
    private static final CallContext FOUR = context(4);
    private static final CallContext FIVE = context(5);
    private static final CallContext SEVEN = context(7);

    private final long address;

    /** {@link UnsatisfiedLinkError} when libc has none of this name. */
    Function(String name) {
        address = LIBC.getSymbolAddress(name);
        if (address == 0) {
            throw new UnsatisfiedLinkError("libc has no " + name);
        }
    }

    private static Library libc() {
        Library library = Library.getCachedInstance("libc.so.6", Library.LAZY);
        if (library == null) {
            throw new UnsatisfiedLinkError(Library.getLastError());
        }
        return library;
    }

    private static CallContext context(int arguments) {
        Type[] types = new Type[arguments];
        Arrays.fill(types, Type.SINT64);
        return CallContext.getCallContext(Type.SINT64, types, CallingConvention.DEFAULT, true);
    }

    long call() {
        return INVOKER.invokeL0(NONE, address);
    }

    long call(long a) {
        return INVOKER.invokeL1(ONE, address, a);
    }

    long call(long a, long b) {
        return INVOKER.invokeL2(TWO, address, a, b);
    }

    long call(long a, long b, long c) {
        return INVOKER.invokeL3(THREE, address, a, b, c);
    }

    long call(long a, long b, long c, long d) {
        return INVOKER.invokeL4(FOUR, address, a, b, c, d);
    }

    long call(long a, long b, long c, long d, long e) {
        return INVOKER.invokeL5(FIVE, address, a, b, c, d, e);
    }

    long call(long a, long b, long c, long d, long e, long f, long g) {
        HeapInvocationBuffer arguments = new HeapInvocationBuffer(SEVEN);
        for (long argument : new long[] {a, b, c, d, e, f, g}) {
            arguments.putLong(argument);
        }
        return INVOKER.invokeLong(SEVEN, address, arguments);
    }
}
