import java.nio.file.Files;
import java.nio.file.Path;

/** Says that it is ready, then waits; its shutdown hook leaves a file. */
public final class Hooked {
    private Hooked() {}

    public static void main(String[] args) throws Exception {
        Runtime.getRuntime().addShutdownHook(new Thread(Hooked::leaveMark));
        System.out.println("running as " + ProcessHandle.current().pid());
        Thread.sleep(Long.MAX_VALUE);
    }

    private static void leaveMark() {
        try {
            Thread.sleep(200); // work that is cut off when nobody waits for it
            Files.writeString(Path.of("hook-ran"), "yes");
            System.out.println("hook ran");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
