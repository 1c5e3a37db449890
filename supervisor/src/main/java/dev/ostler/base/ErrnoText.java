package dev.ostler.base;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** The errno behind what the JDK says of a file. It gives the text of strerror(3) but not the name. Pure. */
public final class ErrnoText {
    /** What the JDK adds to the text of ELOOP. */
    private static final String JDK_ADDITION = " or unable to access attributes of symbolic link";

    private ErrnoText() {}

    /** {@code ENOENT (No such file or directory)}; EIO with the JDK's own text where it is none of the usual ones. */
    public static String of(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "ENOENT (No such file or directory)";
        }
        if (e instanceof AccessDeniedException) {
            return "EACCES (Permission denied)";
        }
        if (e instanceof FileAlreadyExistsException) {
            return "EEXIST (File exists)";
        }
        String reason = e instanceof FileSystemException f && f.getReason() != null ? f.getReason() : e.getMessage();
        String text = String.valueOf(reason).replace(JDK_ADDITION, "");
        return name(text) + " (" + text + ")";
    }

    private static String name(String text) {
        return switch (text) {
            case "Is a directory" -> "EISDIR";
            case "Not a directory" -> "ENOTDIR";
            case "Directory not empty" -> "ENOTEMPTY";
            case "Too many levels of symbolic links" -> "ELOOP";
            case "File name too long" -> "ENAMETOOLONG";
            case "Too many open files" -> "EMFILE";
            case "Operation not permitted" -> "EPERM";
            case "No space left on device" -> "ENOSPC";
            case "Disk quota exceeded" -> "EDQUOT";
            case "Read-only file system" -> "EROFS";
            case "another process has it open for writing" -> "EAGAIN";
            default -> "EIO";
        };
    }
}
