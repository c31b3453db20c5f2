package io.llama3v.train.report;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads event files back: record framing with both checksums, and messages as maps from field number to values. */
public final class TensorBoardReader {

  /** A message: field number to its values, each a {@code Long} (integers and raw 64 or 32 bits) or a {@code byte[]}. */
  public record Message(Map<Integer, List<Object>> fields) {

    public static Message of(Object bytes) {
      ByteBuffer in = ByteBuffer.wrap((byte[]) bytes).order(ByteOrder.LITTLE_ENDIAN);
      Map<Integer, List<Object>> fields = new LinkedHashMap<>();
      while (in.hasRemaining()) {
        long tag = varint(in);
        Object value = switch ((int) (tag & 7)) {
          case 0 -> varint(in);
          case 1 -> in.getLong();
          case 2 -> {
            byte[] data = new byte[(int) varint(in)];
            in.get(data);
            yield data;
          }
          case 5 -> (long) in.getInt();
          default -> throw new IllegalStateException("wire type " + (tag & 7));
        };
        fields.computeIfAbsent((int) (tag >>> 3), f -> new ArrayList<>()).add(value);
      }
      return new Message(fields);
    }

    public Object get(int field) {
      return fields.get(field).get(0);
    }

    public Message message(int field) {
      return of(get(field));
    }

    public String text(int field) {
      return new String((byte[]) get(field), StandardCharsets.UTF_8);
    }

    public float real(int field) {
      return Float.intBitsToFloat((int) (long) (Long) get(field));
    }

    private static long varint(ByteBuffer in) {
      long value = 0;
      for (int shift = 0; ; shift += 7) {
        byte b = in.get();
        value |= (long) (b & 0x7F) << shift;
        if (b >= 0) {
          return value;
        }
      }
    }
  }

  private TensorBoardReader() { }

  public static List<Message> read(Path file) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    List<Message> events = new ArrayList<>();
    while (in.hasRemaining()) {
      byte[] length = checked(in, 8);
      events.add(Message.of(checked(in, (int) ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong())));
    }
    return events;
  }

  /** Takes bytes and their checksum, which is computed here bit by bit, apart from the writer's way. */
  private static byte[] checked(ByteBuffer in, int length) throws IOException {
    byte[] data = new byte[length];
    in.get(data);
    int crc = ~0;
    for (byte b : data) {
      crc ^= b & 0xFF;
      for (int bit = 0; bit < 8; bit++) {
        crc = crc >>> 1 ^ ((crc & 1) == 0 ? 0 : 0x82F63B78);
      }
    }
    crc = ~crc;
    int masked = (crc >>> 15 | crc << 17) + 0xa282ead8;
    int stored = in.getInt();
    if (masked != stored) {
      throw new IOException("checksum " + Integer.toHexString(stored) + ", expected " + Integer.toHexString(masked));
    }
    return data;
  }
}
