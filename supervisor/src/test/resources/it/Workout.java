import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;

/**
 * What Java applications do, one line for each thing: NAME done, or NAME and what went wrong; all of it, or what the arguments
 * name. Of arguments that begin with a slash it says whether they can be read. Then, after "ready", it stays.
 */
public final class Workout {
    private static final int THREADS = 8;

    /** Only when it is named: it needs a right. */
    private static final String LOW_PORT = "low-port";

    private interface Exercise {
        void run() throws Exception;
    }

    private static volatile Object sink;

    public static void main(String[] arguments) throws Exception {
        Map<String, Exercise> exercises = exercises();
        List<String> named = Stream.of(arguments).filter(exercises::containsKey).toList();
        exercises.forEach((name, exercise) -> {
            if (named.contains(name) || named.isEmpty() && !name.equals(LOW_PORT)) {
                exercise(name, exercise);
            }
        });
        for (String file : arguments) {
            if (file.startsWith("/")) {
                exercise("read " + file, () -> look(Path.of(file)));
            }
        }
        System.out.println("ready");
        Thread.sleep(Long.MAX_VALUE);
    }

    private static Map<String, Exercise> exercises() {
        Map<String, Exercise> all = new LinkedHashMap<>();
        all.put("memory", Workout::memory);
        all.put("files", Workout::files);
        all.put("mapped", Workout::mapped);
        all.put("async", Workout::async);
        all.put("watch", Workout::watch);
        all.put("names", Workout::names);
        all.put("http", Workout::http);
        all.put("tls", Workout::tls);
        all.put("sockets", Workout::sockets);
        all.put("processes", Workout::processes);
        all.put("threads", Workout::threads);
        all.put("times", Workout::times);
        all.put("random", Workout::random);
        all.put("native", Workout::nativeLibrary);
        all.put("management", Workout::management);
        all.put("recording", Workout::recording);
        all.put("heap-dump", Workout::heapDump);
        all.put("signal", Workout::signal);
        all.put(LOW_PORT, Workout::lowPort);
        return all;
    }

    private static void exercise(String name, Exercise exercise) {
        try {
            exercise.run();
            System.out.println(name + " done");
        } catch (AccessDeniedException e) {
            System.out.println(name + " denied");
        } catch (Throwable e) {
            System.out.println(name + " " + e);
            e.printStackTrace();
        }
    }

    private static void look(Path file) throws Exception {
        if (Files.isDirectory(file)) {
            try (var entries = Files.newDirectoryStream(file)) {
                entries.forEach(entry -> sink = entry);
            }
        } else {
            try (InputStream in = Files.newInputStream(file)) {
                in.read();
            }
        }
    }

    private static void check(boolean good, Object what) {
        if (!good) {
            throw new IllegalStateException(String.valueOf(what));
        }
    }

    /** Enough for young and old collections, from several threads. */
    private static void memory() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(THREADS);
        List<Future<Integer>> sums = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            sums.add(pool.submit(() -> {
                int sum = 0;
                List<byte[]> kept = new ArrayList<>();
                for (int i = 0; i < 20_000; i++) {
                    byte[] bytes = new byte[1024];
                    bytes[i % 1024] = 1;
                    sum += bytes[i % 1024];
                    if (i % 40 == 0) {
                        kept.add(bytes);
                    }
                }
                sink = kept;
                return sum;
            }));
        }
        for (Future<Integer> sum : sums) {
            check(sum.get() == 20_000, sum.get());
        }
        pool.shutdown();
        ByteBuffer direct = ByteBuffer.allocateDirect(1 << 22);
        direct.putInt(0, 7);
        System.gc();
        check(direct.getInt(0) == 7, "direct memory");
    }

    private static void files() throws Exception {
        Path directory = Files.createDirectories(Path.of("work"));
        Path file = directory.resolve("file");
        Files.writeString(file, "text");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        Files.createSymbolicLink(directory.resolve("link"), Path.of("file"));
        Files.createLink(directory.resolve("hard"), file);
        Files.copy(file, directory.resolve("copy"), StandardCopyOption.COPY_ATTRIBUTES);
        Path inner = Files.createDirectories(directory.resolve("inner"));
        Files.move(directory.resolve("copy"), inner.resolve("moved"), StandardCopyOption.ATOMIC_MOVE);
        Files.setLastModifiedTime(file, Files.getLastModifiedTime(inner));
        Files.getFileStore(file).getUsableSpace();
        try (FileChannel from = FileChannel.open(file);
                FileChannel to = FileChannel.open(directory.resolve("to"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                var lock = to.lock()) {
            check(from.transferTo(0, from.size(), to) == 4, "transferred");
            to.force(true);
            to.truncate(2);
        }
        Path temporary = Files.createTempFile("workout", "");
        check(temporary.startsWith("/tmp"), temporary);
        Files.delete(temporary);
        try (var all = Files.walk(directory)) {
            for (Path each : all.sorted(Collections.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    private static void mapped() throws Exception {
        try (RandomAccessFile file = new RandomAccessFile("mapped", "rw")) {
            file.setLength(1 << 20);
            var map = file.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, 1 << 20);
            map.load();
            map.putLong(4096, 42);
            map.force();
            file.seek(4096);
            check(file.readLong() == 42, "mapped");
        }
        Files.delete(Path.of("mapped"));
    }

    private static void async() throws Exception {
        try (AsynchronousFileChannel file = AsynchronousFileChannel.open(
                Path.of("async"), StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.READ)) {
            check(file.write(ByteBuffer.wrap(new byte[10]), 0).get() == 10, "written");
        }
        Files.delete(Path.of("async"));
        try (AsynchronousServerSocketChannel server = AsynchronousServerSocketChannel.open().bind(loopback());
                AsynchronousSocketChannel client = AsynchronousSocketChannel.open()) {
            var accepted = server.accept();
            client.connect(server.getLocalAddress()).get();
            client.write(ByteBuffer.wrap(new byte[3])).get();
            try (AsynchronousSocketChannel peer = accepted.get()) {
                check(peer.read(ByteBuffer.allocate(8)).get() == 3, "read");
            }
        }
    }

    private static void watch() throws Exception {
        Path directory = Files.createDirectories(Path.of("watched"));
        try (WatchService watcher = directory.getFileSystem().newWatchService()) {
            directory.register(watcher, StandardWatchEventKinds.ENTRY_CREATE);
            Files.writeString(directory.resolve("x"), "");
            check(watcher.poll(30, TimeUnit.SECONDS) != null, "no event");
        }
        Files.delete(directory.resolve("x"));
        Files.delete(directory);
    }

    private static void names() throws Exception {
        check(InetAddress.getByName("localhost").isLoopbackAddress(), "localhost");
        for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            sink = each.getMTU() + each.getIndex();
            sink = each.isUp() ? each.getHardwareAddress() : null;
        }
        sink = System.getProperty("user.name");
    }

    private static InetSocketAddress loopback() throws Exception {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private static void http() throws Exception {
        HttpServer server = HttpServer.create(loopback(), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write("ok".getBytes());
            exchange.close();
        });
        server.setExecutor(Executors.newFixedThreadPool(THREADS));
        server.start();
        URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
        HttpClient client = HttpClient.newHttpClient();
        for (int i = 0; i < 50; i++) {
            HttpResponse<String> answer =
                    client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
            check(answer.body().equals("ok"), answer);
        }
        server.stop(0);
        ((ExecutorService) server.getExecutor()).shutdown();
    }

    /** Below 1024, where there is the right to. */
    private static void lowPort() throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 80));
        } catch (java.net.BindException e) {
            throw new AccessDeniedException("port 80");
        }
    }

    /** The key is made by a program of the JDK. */
    private static void tls() throws Exception {
        Path store = Path.of("key.p12");
        Files.deleteIfExists(store);
        run(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-keyalg", "EC",
                "-dname", "CN=localhost", "-ext", "san=dns:localhost", "-storetype", "PKCS12", "-keystore",
                store.toString(), "-storepass", "secret", "-alias", "x");
        KeyStore keys = KeyStore.getInstance(store.toFile(), "secret".toCharArray());
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, "secret".toCharArray());
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init((KeyStore) null);
        trusted.init(keys);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
        HttpsServer server = HttpsServer.create(loopback(), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        URI uri = URI.create("https://localhost:" + server.getAddress().getPort() + "/");
        HttpClient client = HttpClient.newBuilder().sslContext(context).build();
        HttpResponse<Void> answer =
                client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding());
        check(answer.statusCode() == 204, answer);
        server.stop(0);
        Files.delete(store);
    }

    private static void sockets() throws Exception {
        Path path = Path.of("socket");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
            try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path));
                    SocketChannel peer = server.accept()) {
                client.write(ByteBuffer.wrap(new byte[5]));
                check(peer.read(ByteBuffer.allocate(9)) == 5, "unix socket");
            }
        }
        Files.delete(path);
        try (DatagramChannel a = DatagramChannel.open().bind(loopback());
                DatagramChannel b = DatagramChannel.open().bind(loopback())) {
            a.send(ByteBuffer.wrap(new byte[6]), b.getLocalAddress());
            ByteBuffer buffer = ByteBuffer.allocate(9);
            b.receive(buffer);
            check(buffer.position() == 6, "datagram");
        }
        try (ServerSocketChannel server = ServerSocketChannel.open().bind(loopback());
                Selector selector = Selector.open();
                SocketChannel client = SocketChannel.open(server.getLocalAddress());
                SocketChannel peer = server.accept()) {
            peer.configureBlocking(false);
            peer.register(selector, java.nio.channels.SelectionKey.OP_READ);
            client.socket().setTcpNoDelay(true);
            client.write(ByteBuffer.wrap(new byte[1]));
            check(selector.select(30_000) == 1, "selected");
        }
    }

    private static void processes() throws Exception {
        check(run("sh", "-c", "echo out; cat /dev/null; echo more").contains("out"), "output");
        Process waiting = new ProcessBuilder("sleep", "1000").start();
        sink = waiting.info().command();
        waiting.destroy();
        check(waiting.waitFor() == 128 + 15, waiting.exitValue());
        sink = ProcessHandle.allProcesses().count();
    }

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes());
        check(process.waitFor() == 0, output);
        return output;
    }

    /** Virtual ones where there are such. */
    private static void threads() throws Exception {
        ExecutorService pool;
        try {
            Method method = Executors.class.getMethod("newVirtualThreadPerTaskExecutor");
            pool = (ExecutorService) method.invoke(null);
        } catch (NoSuchMethodException ignored) { // before 21
            pool = Executors.newCachedThreadPool();
        }
        List<Future<Integer>> all = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            int number = i;
            all.add(pool.submit(() -> {
                Thread.sleep(5);
                Thread.yield();
                return number;
            }));
        }
        for (int i = 0; i < all.size(); i++) {
            check(all.get(i).get() == i, i);
        }
        pool.shutdown();
    }

    private static void times() {
        sink = TimeZone.getDefault();
        ZonedDateTime berlin = ZonedDateTime.of(2024, 7, 1, 12, 0, 0, 0, ZoneId.of("Europe/Berlin"));
        check(berlin.getOffset().getTotalSeconds() == 7200, berlin);
        sink = String.format("%tc", ZonedDateTime.now());
    }

    private static void random() throws Exception {
        sink = SecureRandom.getInstanceStrong().nextInt() + new SecureRandom().nextInt();
    }

    /** As libraries do that carry their native part within: unpack it into java.io.tmpdir, load it from there. */
    private static void nativeLibrary() throws Exception {
        Path unpacked = Files.createTempFile("workout", ".so");
        Path library = Path.of(System.getProperty("java.home"), "lib", "libprefs.so");
        Files.copy(library, unpacked, StandardCopyOption.REPLACE_EXISTING);
        try {
            System.load(unpacked.toString());
        } finally {
            Files.delete(unpacked);
        }
    }

    private static void management() {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        sink = system.getCpuLoad() + system.getProcessCpuLoad() + system.getSystemLoadAverage();
        check(system.getTotalMemorySize() > 0, "no memory");
        check(Runtime.getRuntime().availableProcessors() > 0, "no processor");
        sink = ManagementFactory.getThreadMXBean().dumpAllThreads(true, true);
    }

    private static void recording() throws Exception {
        Path file = Path.of("recording.jfr");
        try (Recording recording = new Recording(Configuration.getConfiguration("profile"))) {
            recording.start();
            memory();
            recording.stop();
            recording.dump(file);
        }
        check(Files.size(file) > 1000, "empty recording");
        Files.delete(file);
    }

    private static void heapDump() throws Exception {
        Path file = Path.of("heap.hprof");
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).dumpHeap(file.toString(), true);
        check(Files.size(file) > 1000, "empty dump");
        Files.delete(file);
    }

    private static void signal() throws Exception {
        var arrived = new java.util.concurrent.CountDownLatch(1);
        sun.misc.Signal.handle(new sun.misc.Signal("USR2"), signal -> arrived.countDown());
        sun.misc.Signal.raise(new sun.misc.Signal("USR2"));
        check(arrived.await(30, TimeUnit.SECONDS), "no signal");
    }
}
