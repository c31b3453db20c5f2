package io.llama3v.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Builds files that may break the format's rules. */
final class RawSafetensors {
  private RawSafetensors() {}

  static byte[] bytes(String header, int dataBytes) {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    return bytes(text.length, text, dataBytes);
  }

  static byte[] bytes(long claimedLength, byte[] header, int dataBytes) {
    ByteBuffer file = ByteBuffer.allocate(8 + header.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(claimedLength).put(header);
    for (int i = 0; i < dataBytes; i++) {
      file.put((byte) i);
    }
    return file.array();
  }

  static Path write(Path folder, String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  static Path write(Path folder, String name, String header, int dataBytes) throws IOException {
    return write(folder, name, bytes(header, dataBytes));
  }
}
