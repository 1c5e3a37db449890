import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.commons.GeneratorAdapter;
import org.objectweb.asm.commons.Method;

/**
 * {@code PlainCalls JAR…}: in jars, in place, makes a class of each lambda and method reference, and code of the {@code equals},
 * {@code hashCode} and {@code toString} of records. Left to the JVM these are made when it comes to them, at every start: 0.15 ms
 * for a lambda that an archive holds before Java 24, and several for a record. An archive holds plain classes ready.
 * The classes are nest mates of those that they are taken from, so that access stays as it is. What asks for more than an
 * interface (altMetafactory) stays a lambda.
 */
final class PlainCalls {
    /** Nest mates may call each other's private methods from Java 11 on. */
    private static final int FIRST_WITH_NESTS = Opcodes.V11;

    private static final String FACTORY = "java/lang/invoke/LambdaMetafactory";
    private static final String RECORDS = "java/lang/runtime/ObjectMethods";
    private static final String INSTANCE = "INSTANCE";
    private static final int MAX_STACK = 6;
    private static final int MAX_LOCALS = 2;

    private final Map<String, byte[]> made = new LinkedHashMap<>();
    /** New nest mates by their host. */
    private final Map<String, List<String>> mates = new TreeMap<>();

    private PlainCalls() {}

    public static void main(String[] args) throws IOException {
        for (String arg : args) {
            new PlainCalls().rewrite(Path.of(arg));
        }
    }

    private void rewrite(Path jar) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        Map<String, Long> times = new TreeMap<>();
        long latest = 0;
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(jar))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                byte[] bytes = in.readAllBytes();
                entries.put(entry.getName(), isClass(entry.getName(), bytes) ? plain(bytes) : bytes);
                times.put(entry.getName(), entry.getTime());
                latest = Math.max(latest, entry.getTime());
            }
        }
        for (Map.Entry<String, List<String>> host : mates.entrySet()) {
            entries.computeIfPresent(host.getKey() + ".class", (name, bytes) -> withMates(bytes, host.getValue()));
        }
        made.forEach((name, bytes) -> entries.put(name + ".class", bytes));
        Path rewritten = jar.resolveSibling(jar.getFileName() + ".new");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(rewritten))) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                ZipEntry copy = new ZipEntry(entry.getKey());
                copy.setTime(times.getOrDefault(entry.getKey(), latest)); // two builds give the same jar
                out.putNextEntry(copy);
                out.write(entry.getValue());
            }
        }
        Files.move(rewritten, jar, StandardCopyOption.REPLACE_EXISTING);
    }

    private static boolean isClass(String name, byte[] bytes) {
        return name.endsWith(".class")
                && !name.endsWith("module-info.class")
                && new ClassReader(bytes).readShort(6) >= FIRST_WITH_NESTS;
    }

    private byte[] plain(byte[] bytes) {
        ClassReader reader = new ClassReader(bytes);
        ClassWriter writer = new ClassWriter(0);
        reader.accept(new Caller(writer), 0);
        return writer.toByteArray();
    }

    private static byte[] withMates(byte[] bytes, List<String> names) {
        ClassReader reader = new ClassReader(bytes);
        ClassWriter writer = new ClassWriter(0);
        reader.accept(
                new ClassVisitor(Opcodes.ASM9, writer) {
                    @Override
                    public void visitEnd() {
                        names.forEach(this::visitNestMember);
                        super.visitEnd();
                    }
                },
                0);
        return writer.toByteArray();
    }

    private static boolean isReference(Type type) {
        return type.getSort() >= Type.ARRAY;
    }

    /** A class that has lambdas, or is a record. */
    private final class Caller extends ClassVisitor {
        private final List<RecordMethod> ofRecord = new ArrayList<>();
        private String name;
        private String host;
        private int version;
        private int count;

        Caller(ClassVisitor next) {
            super(Opcodes.ASM9, next);
        }

        @Override
        public void visit(int v, int access, String own, String signature, String parent, String[] interfaces) {
            name = own;
            host = own;
            version = v;
            super.visit(v, access, own, signature, parent, interfaces);
        }

        @Override
        public void visitNestHost(String nestHost) {
            host = nestHost;
            super.visitNestHost(nestHost);
        }

        @Override
        public MethodVisitor visitMethod(int access, String method, String type, String signature, String[] thrown) {
            return new MethodVisitor(Opcodes.ASM9, super.visitMethod(access, method, type, signature, thrown)) {
                @Override
                public void visitInvokeDynamicInsn(String called, String site, Handle factory, Object... args) {
                    if (factory.getOwner().equals(RECORDS)) {
                        RecordMethod plain = new RecordMethod(called, site, args);
                        ofRecord.add(plain);
                        plain.call(mv);
                    } else if (factory.getOwner().equals(FACTORY)
                            && factory.getName().equals("metafactory")
                            && canBeCalled((Handle) args[1])) {
                        lambda(called, site, args, mv);
                    } else {
                        super.visitInvokeDynamicInsn(called, site, factory, args);
                    }
                }
            };
        }

        @Override
        public void visitEnd() {
            ofRecord.forEach(method -> method.write(cv));
            super.visitEnd();
        }

        private void lambda(String sam, String site, Object[] args, MethodVisitor code) {
            String lambda = name + "$$L" + count++;
            mates.computeIfAbsent(host, key -> new ArrayList<>()).add(lambda);
            made.put(
                    lambda,
                    new Lambda(lambda, Type.getMethodType(site))
                            .bytes(version, host, sam, (Type) args[0], (Handle) args[1], (Type) args[2]));
            if (Type.getArgumentTypes(site).length > 0) {
                code.visitMethodInsn(Opcodes.INVOKESTATIC, lambda, "of", site, false);
            } else {
                code.visitFieldInsn(Opcodes.GETSTATIC, lambda, INSTANCE, Type.getReturnType(site).getDescriptor());
            }
        }

        /** A call of a parent's method works from the class itself only. */
        private boolean canBeCalled(Handle method) {
            return method.getTag() != Opcodes.H_INVOKESPECIAL || method.getOwner().equals(name);
        }
    }

    /** {@code equals}, {@code hashCode} or {@code toString} of a record: a static method of it, by its components in their order. */
    private static final class RecordMethod {
        private static final Type OBJECTS = Type.getType(Objects.class);
        private static final Type BUILDER = Type.getType(StringBuilder.class);
        private static final int FACTOR = 31;

        private final String name;
        private final String site;
        private final Type self;
        private final String[] names;
        private final List<Handle> fields = new ArrayList<>();

        /** @param args the record, the names of its components with ; between, and their fields */
        RecordMethod(String name, String site, Object[] args) {
            this.name = name;
            this.site = site;
            self = (Type) args[0];
            names = ((String) args[1]).split(";");
            for (int i = 2; i < args.length; i++) {
                fields.add((Handle) args[i]);
            }
        }

        private Method method() {
            return new Method("plain$" + name, site);
        }

        void call(MethodVisitor code) {
            code.visitMethodInsn(Opcodes.INVOKESTATIC, self.getInternalName(), method().getName(), site, false);
        }

        void write(ClassVisitor to) {
            int access = Opcodes.ACC_PRIVATE | Opcodes.ACC_STATIC | Opcodes.ACC_SYNTHETIC;
            MethodVisitor written = to.visitMethod(access, method().getName(), site, null, null);
            GeneratorAdapter code = new GeneratorAdapter(access, method(), written);
            switch (name) {
                case "equals" -> equalTo(code, written);
                case "hashCode" -> hash(code);
                default -> text(code);
            }
            code.returnValue();
            code.visitMaxs(MAX_STACK, MAX_LOCALS);
            code.visitEnd();
        }

        private void load(GeneratorAdapter code, int argument, Handle field) {
            code.loadArg(argument);
            if (argument > 0) {
                code.checkCast(self);
            }
            code.getField(self, field.getName(), Type.getType(field.getDesc()));
        }

        private void equalTo(GeneratorAdapter code, MethodVisitor written) {
            Label differs = new Label();
            code.loadArg(1);
            code.instanceOf(self);
            code.visitJumpInsn(Opcodes.IFEQ, differs);
            for (Handle field : fields) {
                Type type = Type.getType(field.getDesc());
                load(code, 0, field);
                load(code, 1, field);
                if (isReference(type)) {
                    code.invokeStatic(OBJECTS, Method.getMethod("boolean equals(Object, Object)"));
                    code.visitJumpInsn(Opcodes.IFEQ, differs);
                } else {
                    code.invokeStatic(boxed(type), new Method("compare", Type.INT_TYPE, new Type[] {type, type}));
                    code.visitJumpInsn(Opcodes.IFNE, differs);
                }
            }
            code.push(true);
            code.returnValue();
            code.visitLabel(differs);
            written.visitFrame(Opcodes.F_SAME, 0, null, 0, null);
            code.push(false);
        }

        private void hash(GeneratorAdapter code) {
            code.push(0);
            for (Handle field : fields) {
                Type type = Type.getType(field.getDesc());
                code.push(FACTOR);
                code.math(GeneratorAdapter.MUL, Type.INT_TYPE);
                load(code, 0, field);
                if (isReference(type)) {
                    code.invokeStatic(OBJECTS, Method.getMethod("int hashCode(Object)"));
                } else {
                    code.invokeStatic(boxed(type), new Method("hashCode", Type.INT_TYPE, new Type[] {type}));
                }
                code.math(GeneratorAdapter.ADD, Type.INT_TYPE);
            }
        }

        private void text(GeneratorAdapter code) {
            String simple = self.getInternalName().replaceFirst(".*[/$]", "");
            code.newInstance(BUILDER);
            code.dup();
            code.invokeConstructor(BUILDER, Method.getMethod("void <init>()"));
            for (int i = 0; i < fields.size(); i++) {
                Type type = Type.getType(fields.get(i).getDesc());
                append(code, (i == 0 ? simple + "[" : ", ") + names[i] + "=");
                load(code, 0, fields.get(i));
                Type as = type.getSort() == Type.BYTE || type.getSort() == Type.SHORT ? Type.INT_TYPE : type;
                append(code, isReference(type) ? Type.getType(Object.class) : as);
            }
            append(code, fields.isEmpty() ? simple + "[]" : "]");
            code.invokeVirtual(BUILDER, Method.getMethod("String toString()"));
        }

        private static void append(GeneratorAdapter code, String text) {
            code.push(text);
            append(code, Type.getType(String.class));
        }

        private static void append(GeneratorAdapter code, Type type) {
            code.invokeVirtual(BUILDER, new Method("append", BUILDER, new Type[] {type}));
        }

        private static Type boxed(Type type) {
            String name =
                    switch (type.getSort()) {
                        case Type.INT -> "Integer";
                        case Type.CHAR -> "Character";
                        default -> type.getClassName().substring(0, 1).toUpperCase(Locale.ROOT)
                                + type.getClassName().substring(1);
                    };
            return Type.getObjectType("java/lang/" + name);
        }
    }

    /** A class that stands for one lambda. */
    private static final class Lambda {
        private final Type self;
        private final Type site;
        private final Type[] captured;

        Lambda(String name, Type site) {
            self = Type.getObjectType(name);
            this.site = site;
            captured = site.getArgumentTypes();
        }

        byte[] bytes(int version, String host, String sam, Type erased, Handle implementation, Type instantiated) {
            ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
            writer.visit(
                    version,
                    Opcodes.ACC_FINAL | Opcodes.ACC_SUPER | Opcodes.ACC_SYNTHETIC,
                    self.getInternalName(),
                    null,
                    "java/lang/Object",
                    new String[] {site.getReturnType().getInternalName()});
            writer.visitNestHost(host);
            for (int i = 0; i < captured.length; i++) {
                writer.visitField(
                                Opcodes.ACC_PRIVATE | Opcodes.ACC_FINAL, field(i), captured[i].getDescriptor(), null, null)
                        .visitEnd();
            }
            constructor(writer);
            if (captured.length == 0) {
                instance(writer);
            } else {
                factory(writer);
            }
            call(writer, new Method(sam, erased.getDescriptor()), implementation, instantiated);
            writer.visitEnd();
            return writer.toByteArray();
        }

        private static String field(int i) {
            return "c" + i;
        }

        private static GeneratorAdapter method(ClassWriter writer, int access, Method method) {
            return new GeneratorAdapter(
                    access, method, writer.visitMethod(access, method.getName(), method.getDescriptor(), null, null));
        }

        private Method constructor() {
            return new Method("<init>", Type.VOID_TYPE, captured);
        }

        private void constructor(ClassWriter writer) {
            GeneratorAdapter code = method(writer, Opcodes.ACC_PRIVATE, constructor());
            code.loadThis();
            code.invokeConstructor(Type.getType(Object.class), new Method("<init>", "()V"));
            for (int i = 0; i < captured.length; i++) {
                code.loadThis();
                code.loadArg(i);
                code.putField(self, field(i), captured[i]);
            }
            code.returnValue();
            code.endMethod();
        }

        private void instance(ClassWriter writer) {
            String type = site.getReturnType().getDescriptor();
            writer.visitField(Opcodes.ACC_STATIC | Opcodes.ACC_FINAL, INSTANCE, type, null, null)
                    .visitEnd();
            GeneratorAdapter code = method(writer, Opcodes.ACC_STATIC, new Method("<clinit>", "()V"));
            code.newInstance(self);
            code.dup();
            code.invokeConstructor(self, constructor());
            code.putStatic(self, INSTANCE, site.getReturnType());
            code.returnValue();
            code.endMethod();
        }

        private void factory(ClassWriter writer) {
            GeneratorAdapter code = method(writer, Opcodes.ACC_STATIC, new Method("of", site.getDescriptor()));
            code.newInstance(self);
            code.dup();
            code.loadArgs();
            code.invokeConstructor(self, constructor());
            code.returnValue();
            code.endMethod();
        }

        private void call(ClassWriter writer, Method sam, Handle implementation, Type instantiated) {
            boolean constructs = implementation.getTag() == Opcodes.H_NEWINVOKESPECIAL;
            boolean isStatic = implementation.getTag() == Opcodes.H_INVOKESTATIC;
            Type owner = Type.getObjectType(implementation.getOwner());
            Method method = new Method(implementation.getName(), implementation.getDesc());
            GeneratorAdapter code = method(writer, Opcodes.ACC_PUBLIC, sam);
            if (constructs) {
                code.newInstance(owner);
                code.dup();
            }
            Type[] wanted = constructs || isStatic
                    ? method.getArgumentTypes()
                    : receiverFirst(owner, method.getArgumentTypes());
            for (int i = 0; i < captured.length; i++) {
                code.loadThis();
                code.getField(self, field(i), captured[i]);
            }
            Type[] given = instantiated.getArgumentTypes();
            for (int i = 0; i < given.length; i++) {
                code.loadArg(i);
                convert(code, sam.getArgumentTypes()[i], given[i]);
                convertLoosely(code, given[i], wanted[captured.length + i]);
            }
            invoke(code, implementation, owner, method);
            Type result = constructs ? owner : method.getReturnType();
            Type end = sam.getReturnType();
            if (end == Type.VOID_TYPE) {
                pop(code, result);
            } else {
                convertLoosely(code, result, end);
                if (isReference(result) && isReference(end)) {
                    convert(code, result, end); // a generic method returns less than what the compiler knows of it
                }
            }
            code.returnValue();
            code.endMethod();
        }

        private static Type[] receiverFirst(Type owner, Type[] arguments) {
            Type[] all = new Type[arguments.length + 1];
            all[0] = owner;
            System.arraycopy(arguments, 0, all, 1, arguments.length);
            return all;
        }

        private static void invoke(GeneratorAdapter code, Handle implementation, Type owner, Method method) {
            int opcode =
                    switch (implementation.getTag()) {
                        case Opcodes.H_INVOKESTATIC -> Opcodes.INVOKESTATIC;
                        case Opcodes.H_NEWINVOKESPECIAL -> Opcodes.INVOKESPECIAL;
                        default -> implementation.isInterface() ? Opcodes.INVOKEINTERFACE : Opcodes.INVOKEVIRTUAL;
                    };
            code.visitMethodInsn(
                    opcode,
                    owner.getInternalName(),
                    method.getName(),
                    method.getDescriptor(),
                    implementation.isInterface());
        }

        private static void pop(GeneratorAdapter code, Type type) {
            if (type.getSize() == 2) {
                code.pop2();
            } else if (type.getSize() == 1) {
                code.pop();
            }
        }

        /** From what the interface says to what this lambda says: a cast, or nothing. */
        private static void convert(GeneratorAdapter code, Type from, Type to) {
            if (!from.equals(to)) {
                code.checkCast(to);
            }
        }

        /** As an assignment does: boxes, unboxes and widens; what the compiler has allowed needs no cast. */
        private static void convertLoosely(GeneratorAdapter code, Type from, Type to) {
            if (!isReference(from) && !isReference(to)) {
                code.cast(from, to);
            } else if (!isReference(from)) {
                code.valueOf(from);
            } else if (!isReference(to)) {
                Type inside = unboxed(from);
                code.unbox(inside == null ? to : inside);
                if (inside != null) {
                    code.cast(inside, to);
                }
            }
        }

        private static Type unboxed(Type type) {
            return switch (type.getClassName()) {
                case "java.lang.Boolean" -> Type.BOOLEAN_TYPE;
                case "java.lang.Character" -> Type.CHAR_TYPE;
                case "java.lang.Byte" -> Type.BYTE_TYPE;
                case "java.lang.Short" -> Type.SHORT_TYPE;
                case "java.lang.Integer" -> Type.INT_TYPE;
                case "java.lang.Long" -> Type.LONG_TYPE;
                case "java.lang.Float" -> Type.FLOAT_TYPE;
                case "java.lang.Double" -> Type.DOUBLE_TYPE;
                default -> null;
            };
        }
    }
}
