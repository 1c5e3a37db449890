import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** Answers on a port of 127.0.0.1: 200, 503 while there is a file "sick", and not at all while there is one "hung". */
public final class Answering {
    private Answering() {}

    /** PORT, and how long to wait before it is opened, in milliseconds. */
    public static void main(String[] args) throws Exception {
        Thread.sleep(Long.parseLong(args[1]));
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
        HttpServer server = HttpServer.create(address, 16);
        server.createContext("/", exchange -> {
            waitWhileHung();
            exchange.sendResponseHeaders(Files.exists(Path.of("sick")) ? 503 : 200, -1);
            exchange.close();
        });
        server.start();
        System.out.println("listening");
    }

    private static void waitWhileHung() {
        while (Files.exists(Path.of("hung"))) {
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
