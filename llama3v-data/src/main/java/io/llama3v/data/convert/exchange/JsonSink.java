package io.llama3v.data.convert.exchange;

import io.llama3v.data.convert.Conversation;
import io.llama3v.data.convert.ConversationSink;
import io.llama3v.data.convert.LoadedPicture;
import io.llama3v.image.ImageFormat;
import io.llama3v.io.AtomicFiles;
import io.llama3v.io.Json;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/**
 * Conversations in one file, a list or lines as the format wants it, with their pictures below {@code images} beside it, so that the
 * folder can be moved as it is. Pictures that were files are hard links where the file system has them, and copies elsewhere.
 */
public final class JsonSink implements ConversationSink {
  private final Path folder;
  private final Path target;
  private final Path temporary;
  private final ConversationFormat format;
  private final boolean embed;
  private final BufferedWriter out;
  private final UniqueKeys keys = new UniqueKeys();
  private boolean any;
  private boolean finished;

  /**
   * @param embed whether pictures are written into the file as data URLs
   */
  public JsonSink(Path folder, String file, ConversationFormat format, boolean embed) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.target = folder.resolve(file);
    this.temporary = AtomicFiles.temporarySibling(target);
    this.format = format;
    this.embed = embed;
    this.out = Files.newBufferedWriter(temporary, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW);
  }

  @Override
  public void write(Conversation conversation, List<LoadedPicture> pictures) throws IOException {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < pictures.size(); i++) names.add(embed ? dataUrl(pictures.get(i)) : place(conversation, i, pictures.get(i)));
    String json = Json.write(format.write(conversation, names));
    if (format.list()) out.write(any ? ",\n" : "[\n");
    out.write(json);
    if (!format.list()) out.write('\n');
    any = true;
  }

  private static String dataUrl(LoadedPicture picture) {
    String type = ImageFormat.of(picture.bytes()).name().toLowerCase(Locale.ROOT);
    return "data:image/" + type + ";base64," + Base64.getEncoder().encodeToString(picture.bytes());
  }

  /** Puts a picture below {@code images} and tells its name there. */
  private String place(Conversation c, int index, LoadedPicture picture) throws IOException {
    String own = picture.picture().name();
    String extension = "." + ImageFormat.of(picture.bytes()).extension();
    boolean safe = picture.file() != null && own.matches("[\\p{L}\\p{N}_. /-]+") && !own.startsWith("/") && !own.contains("..")
        && isFree(folder.resolve("images/" + own), picture);
    // Names that came with the data may be anybody's, and ids too: two samples may have the same, also of two data sets in one folder.
    String stem = Conversation.key(c.id()) + "-" + index;
    String name = "images/" + (safe ? own : keys.of(stem) + extension);
    while (!safe && !isFree(folder.resolve(name), picture)) name = "images/" + keys.of(stem) + extension;
    Path file = folder.resolve(name);
    if (Files.exists(file)) return name;
    Files.createDirectories(file.getParent());
    if (picture.file() == null || !linked(file, picture.file())) {
      Path beside = AtomicFiles.temporarySibling(file);
      Files.write(beside, picture.bytes());
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
    return name;
  }

  /** Whether there is nothing of a name yet, or that very picture. */
  private static boolean isFree(Path file, LoadedPicture picture) throws IOException {
    return !Files.exists(file) || picture.file() != null && Files.isSameFile(file, picture.file())
        || Files.isRegularFile(file) && Files.size(file) == picture.bytes().length && Arrays.equals(Files.readAllBytes(file), picture.bytes());
  }

  private static boolean linked(Path file, Path existing) {
    try {
      Files.createLink(file, existing);
      return true;
    } catch (IOException | UnsupportedOperationException e) {
      return false; // another file system, or one without links: copied instead
    }
  }

  @Override
  public void finish() throws IOException {
    if (format.list()) out.write(any ? "\n]\n" : "[]\n");
    out.close();
    AtomicFiles.forceFile(temporary);
    AtomicFiles.publish(temporary, target);
    finished = true;
  }

  @Override
  public void close() throws IOException {
    if (finished) return;
    out.close();
    Files.deleteIfExists(temporary);
  }
}
