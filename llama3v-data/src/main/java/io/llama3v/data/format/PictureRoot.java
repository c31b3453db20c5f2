package io.llama3v.data.format;

import io.llama3v.io.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A folder of pictures that files name by relative paths. Nothing outside it is ever read, whatever a path says: links and {@code ..} are
 * resolved before it is compared.
 */
public final class PictureRoot {
  private final Path folder;
  private final Path root;

  /**
   * Opens a folder.
   *
   * @throws IOException if there is no such folder
   */
  public PictureRoot(Path folder) throws IOException {
    this.folder = folder;
    this.root = folder.toRealPath();
  }

  /** A picture that cannot be had. */
  public static final class MissingException extends IOException {
    private static final long serialVersionUID = 1L;
    private final String reason;

    public MissingException(String reason, String message) {
      super(message);
      this.reason = reason;
    }

    /** To count by: {@code picture-missing}, {@code picture-outside}, {@code picture-too-large}. */
    public String reason() {
      return reason;
    }
  }

  /**
   * The file that a path names.
   *
   * @throws MissingException if there is none, or it lies outside
   */
  public Path resolve(String path) throws MissingException {
    Path file;
    try {
      file = root.resolve(path).toRealPath();
    } catch (IOException | IllegalArgumentException e) {
      throw new MissingException("picture-missing", "no file '" + path + "' below " + folder);
    }
    if (!file.startsWith(root)) {
      throw new MissingException("picture-outside", "'" + path + "' leads out of " + folder + "; name pictures relative to it");
    }
    if (!Files.isRegularFile(file)) {
      throw new MissingException("picture-missing", "'" + path + "' is no file");
    }
    return file;
  }

  /** The bytes of the file that a path names. */
  public byte[] read(String path) throws IOException {
    Path file = resolve(path);
    if (Files.size(file) > Limits.IMAGE_BYTES) {
      throw new MissingException("picture-too-large", "'" + path + "' has " + Files.size(file) + " bytes; at most " + Limits.IMAGE_BYTES);
    }
    return Files.readAllBytes(file);
  }

  /** The folder, as it was given. */
  public Path folder() {
    return folder;
  }
}
