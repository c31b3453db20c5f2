package io.llama3v.data.curate.dirt;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.zip.CRC32;

/** Damage on purpose. */
final class TarDamage {
  private static final int BLOCK = 512;

  private TarDamage() {}

  /** Makes a member's header claim another size, with a checksum that is right again. */
  static void lieAboutSize(Path tar, String member, long size) throws IOException {
    byte[] name = Arrays.copyOf(member.getBytes(StandardCharsets.UTF_8), 100);
    try (RandomAccessFile file = new RandomAccessFile(tar.toFile(), "rw")) {
      byte[] block = new byte[BLOCK];
      for (long at = 0; at + BLOCK <= file.length(); at += BLOCK) {
        file.seek(at);
        file.readFully(block);
        if (Arrays.equals(block, 0, 100, name, 0, 100)) {
          put(block, 124, String.format(Locale.ROOT, "%011o\0", size));
          Arrays.fill(block, 148, 156, (byte) ' ');
          int sum = 0;
          for (byte b : block) {
            sum += b & 255;
          }
          put(block, 148, String.format(Locale.ROOT, "%06o\0 ", sum));
          file.seek(at);
          file.write(block);
          return;
        }
      }
    }
    throw new IOException(tar + " has no member " + member);
  }

  /** How many samples end before an offset. */
  static int samplesBefore(Path tar, long offset) throws IOException {
    Set<String> keys = new HashSet<>();
    try (RandomAccessFile file = new RandomAccessFile(tar.toFile(), "r")) {
      byte[] block = new byte[BLOCK];
      String last = null;
      for (long at = 0; at + BLOCK <= file.length();) {
        file.seek(at);
        file.readFully(block);
        if (block[0] == 0) {
          break;
        }
        String name = new String(block, 0, 100, StandardCharsets.UTF_8).replaceAll("\0.*", "");
        last = name.substring(0, name.lastIndexOf('.'));
        long size = Long.parseLong(new String(block, 124, 11, StandardCharsets.US_ASCII), 8);
        // sizes that lie are not stepped over: what follows is found at the next header
        long next = at + BLOCK + (size < 600_000 ? (size + BLOCK - 1) / BLOCK * BLOCK : BLOCK);
        if (next > offset) {
          keys.remove(last);
          return keys.size();
        }
        keys.add(last);
        at = next;
      }
      return keys.size();
    }
  }

  static void truncate(Path tar, long length) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(tar.toFile(), "rw")) {
      file.setLength(length);
    }
  }

  /** A PNG whose header claims another size. */
  static byte[] claimSize(byte[] png, int width, int height) {
    byte[] claim = png.clone();
    ByteBuffer bytes = ByteBuffer.wrap(claim);
    bytes.putInt(16, width).putInt(20, height);
    CRC32 crc = new CRC32();
    crc.update(claim, 12, 17);
    bytes.putInt(29, (int) crc.getValue());
    return claim;
  }

  private static void put(byte[] block, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, block, at, bytes.length);
  }
}
