package dev.ostler.examples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Executors;

/**
 * Counts its visitors in a table of an H2 server. GET / adds one and says which visit it was; GET /health answers 200
 * when the database does, else 503.
 *
 * <p>Environment: PORT (8080), DB_URL (an H2 JDBC address).
 */
public final class VisitCounter {
    private final String databaseUrl;

    private VisitCounter(String databaseUrl) {
        this.databaseUrl = databaseUrl;
    }

    public static void main(String[] args) throws IOException, SQLException {
        int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8080"));
        VisitCounter counter = new VisitCounter(System.getenv("DB_URL"));
        counter.createTable();

        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 64);
        server.createContext("/", counter::visit);
        server.createContext("/health", counter::health);
        server.setExecutor(Executors.newFixedThreadPool(4));
        server.start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            server.stop(1);
            System.out.println("web: stopped");
        }));
        System.out.println("web: listening on http://127.0.0.1:" + port + "/");
    }

    private void createTable() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("create table if not exists visit(id bigint auto_increment primary key, path varchar)");
        }
    }

    private void visit(HttpExchange exchange) throws IOException {
        try (Connection connection = connect();
                PreparedStatement insert = connection.prepareStatement("insert into visit(path) values(?)");
                Statement count = connection.createStatement()) {
            insert.setString(1, exchange.getRequestURI().getPath());
            insert.executeUpdate();
            try (ResultSet rows = count.executeQuery("select count(*) from visit")) {
                rows.next();
                answer(exchange, 200, "visit " + rows.getLong(1) + "\n");
            }
        } catch (SQLException e) {
            System.err.println("web: database: " + e.getMessage());
            answer(exchange, 503, "the database does not answer\n");
        }
    }

    private void health(HttpExchange exchange) throws IOException {
        try (Connection connection = connect()) {
            boolean valid = connection.isValid(2);
            answer(exchange, valid ? 200 : 503, valid ? "ok\n" : "not ok\n");
        } catch (SQLException e) {
            answer(exchange, 503, "not ok\n");
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(databaseUrl, "sa", "");
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
