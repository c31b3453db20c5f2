package io.llama3v.train.report;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Writes TensorBoard event files, without TensorFlow.
 *
 * <p>A file is a sequence of records: length (8 bytes, little endian), masked CRC32C of the length (4), data, masked CRC32C of the data
 * (4); the mask is {@code rotateRight(crc, 15) + 0xa282ead8}. The data is an {@code Event} message: wall time (1), step (2), file version
 * (3) in the first, a session log (7) where a run goes on, else a summary (5) of values (1) with a tag (1) and a scalar (2), an image
 * (4), or a text tensor (8).
 *
 * <p>A stage that resumes writes a new file beside the old one, as TensorBoard expects; {@link #resume} tells it which steps will come
 * again. Safe for use by several threads.
 */
public final class TensorBoardWriter implements AutoCloseable {
  private static final int STRING_TENSOR = 7;
  private static final int RGB = 3;
  private static final int SESSION_START = 1;

  private final OutputStream out;
  private final Path file;

  private TensorBoardWriter(Path file) throws IOException {
    this.file = file;
    out = new BufferedOutputStream(Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    event(new Proto().real(1, now()).text(3, "brain.Event:2"));
  }

  /** Creates a new event file in a directory, which is made if need be. */
  public static TensorBoardWriter create(Path directory) throws IOException {
    Files.createDirectories(directory);
    String prefix = "events.out.tfevents." + System.currentTimeMillis() / 1000 + "." + host() + "." + ProcessHandle.current().pid();
    int number = 0;
    while (Files.exists(directory.resolve(prefix + "." + number))) {
      number++;
    }
    return new TensorBoardWriter(directory.resolve(prefix + "." + number));
  }

  /**
   * Creates a new event file that goes on where others in the directory stopped.
   *
   * @param step steps completed; what earlier files hold of later steps no longer counts
   */
  public static TensorBoardWriter resume(Path directory, long step) throws IOException {
    TensorBoardWriter writer = create(directory);
    writer.event(new Proto().real(1, now()).integer(2, step + 1).message(7, new Proto().integer(1, SESSION_START)));
    return writer;
  }

  /** The file written to. */
  public Path file() {
    return file;
  }

  /** One number. */
  public void scalar(String tag, long step, double value) throws IOException {
    scalars(step, Map.of(tag, value));
  }

  /** Several numbers of one step, in one event. TensorBoard keeps them as 32-bit floats. */
  public void scalars(long step, Map<String, Double> values) throws IOException {
    Proto summary = new Proto();
    values.forEach((tag, value) -> summary.message(1, new Proto().text(1, tag).real(2, value.floatValue())));
    summary(step, summary);
  }

  /**
   * One image.
   *
   * @param encoded PNG, JPEG or GIF bytes
   */
  public void image(String tag, long step, byte[] encoded, int width, int height) throws IOException {
    Proto image = new Proto().integer(1, height).integer(2, width).integer(3, RGB).bytes(4, encoded);
    summary(step, new Proto().message(1, new Proto().text(1, tag).message(4, image)));
  }

  /** A text, which TensorBoard shows as Markdown. */
  public void text(String tag, long step, String text) throws IOException {
    Proto tensor = new Proto().integer(1, STRING_TENSOR).message(2, new Proto().message(2, new Proto().integer(1, 1))).text(8, text);
    Proto plugin = new Proto().message(1, new Proto().text(1, "text"));
    summary(step, new Proto().message(1, new Proto().text(1, tag).message(8, tensor).message(9, plugin)));
  }

  @Override
  public synchronized void close() throws IOException {
    out.close();
  }

  private void summary(long step, Proto summary) throws IOException {
    event(new Proto().real(1, now()).integer(2, step).message(5, summary));
  }

  private synchronized void event(Proto event) throws IOException {
    byte[] data = event.toBytes();
    byte[] length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(data.length).array();
    out.write(length);
    out.write(maskedCrc(length));
    out.write(data);
    out.write(maskedCrc(data));
    out.flush();
  }

  static byte[] maskedCrc(byte[] data) {
    CRC32C crc = new CRC32C();
    crc.update(data);
    int masked = Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(masked).array();
  }

  private static double now() {
    return System.currentTimeMillis() / 1000.0;
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9-]", "_");
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
