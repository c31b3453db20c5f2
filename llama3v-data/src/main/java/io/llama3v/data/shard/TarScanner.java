package io.llama3v.data.shard;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;

/**
 * Reads the headers of a tar archive one by one: ustar, old tar, GNU long names, PAX {@code path} and {@code size}.
 * Every size is checked before anything is allocated or skipped. Checksums are verified. An archive must end with a
 * zero block: one that just stops, even between two members, was cut off and is reported as damaged.
 */
final class TarScanner {
  static final int BLOCK = 512;
  private final TarInput in;
  private final String file;
  private final ShardLimits limits;
  private final byte[] block = new byte[BLOCK];
  private String longName;
  private String paxPath;
  private long paxSize = -1;
  private boolean paxSparse;
  private long unread; // data of the current member, padding included, that was neither read nor skipped

  TarScanner(TarInput in, String file, ShardLimits limits) {
    this.in = in;
    this.file = file;
    this.limits = limits;
  }

  /** The next member of any type, or null at the end of the archive. */
  TarMember next() throws IOException {
    skipData();
    long first = in.position();
    longName = null;
    paxPath = null;
    paxSize = -1;
    paxSparse = false;
    for (int extended = 0; ; extended++) {
      long at = in.position();
      int n = in.read(block, BLOCK);
      if (n < BLOCK) {
        throw damaged(at, n == 0 ? "the archive stops without an end marker: it was cut off"
            : "a header of 512 bytes was expected, but only " + n + " are left: the file is truncated");
      }
      if (isZero()) {
        if (extended > 0) {
          throw damaged(at, "an extended header is followed by no member");
        }
        return null;
      }
      verifyChecksum(at);
      char type = (char) (block[156] & 0xff);
      long size = number(124, 12, at);
      switch (type) {
        case 'L' -> longName = trimNul(new String(extendedData(size, at), StandardCharsets.UTF_8));
        case 'x', 'X' -> parsePax(extendedData(size, at), at);
        case 'g', 'K', 'V' -> extendedData(size, at);
        default -> {
          return member(type, size, first, at);
        }
      }
      if (extended > 16) {
        throw damaged(at, "more than 16 extended headers before one member");
      }
    }
  }

  /** The bytes of the member that {@link #next()} returned; call it at most once for each. */
  byte[] data(TarMember member) throws IOException {
    byte[] bytes = in.bytes(Math.toIntExact(member.size()));
    if (bytes.length < member.size()) {
      throw damaged(member.dataOffset(), "member '" + printable(member.name()) + "' claims " + member.size()
          + " bytes, but the file ends before: it is truncated, or the header's size is wrong");
    }
    unread -= bytes.length;
    return bytes;
  }

  /** Moves to the end of the current member, so that truncation inside it is noticed now. */
  void skipData() throws IOException {
    if (unread > 0) {
      long at = in.position();
      try {
        in.skip(unread);
      } catch (EOFException e) {
        throw damaged(at, "the file ends inside a member: it is truncated, or the header's size is wrong");
      }
      unread = 0;
    }
  }

  private TarMember member(char type, long headerSize, long first, long at) throws IOException {
    String name = paxPath != null ? paxPath : longName != null ? longName : headerName();
    long size = paxSize >= 0 ? paxSize : headerSize;
    // links, devices, directories and FIFOs carry no data whatever their size field says
    boolean dataless = type >= '1' && type <= '6';
    if (dataless) {
      size = 0;
    }
    if (size > Long.MAX_VALUE - 2 * BLOCK - in.position()) {
      throw damaged(at, "a member claims " + size + " bytes");
    }
    if (type == 'S') {
      skipSparseMap(at);
    }
    TarMember member = new TarMember(name, type, paxSparse || type == 'S', first, in.position(), size);
    unread = member.paddedSize();
    return member;
  }

  /** Old GNU sparse files continue their map in further blocks while a flag says so. */
  private void skipSparseMap(long at) throws IOException {
    for (boolean more = block[482] != 0; more; more = block[504] != 0) {
      if (in.read(block, BLOCK) < BLOCK) {
        throw damaged(at, "the file ends inside a sparse member's map");
      }
    }
  }

  private byte[] extendedData(long size, long at) throws IOException {
    if (size > limits.maxNameBytes()) {
      throw damaged(at, "an extended header claims " + size + " bytes, more than the limit of "
          + limits.maxNameBytes());
    }
    byte[] data = new byte[(int) size];
    if (in.read(data, data.length) < data.length) {
      throw damaged(at, "the file ends inside an extended header");
    }
    int padding = (int) (-size & (BLOCK - 1));
    if (in.read(block, padding) < padding) {
      throw damaged(at, "the file ends inside an extended header");
    }
    return data;
  }

  private void parsePax(byte[] data, long at) throws ShardException {
    for (int start = 0; start < data.length && data[start] != 0; ) {
      int space = start;
      long length = 0;
      while (space < data.length && data[space] >= '0' && data[space] <= '9' && space - start < 9) {
        length = length * 10 + data[space++] - '0';
      }
      if (space == data.length || data[space] != ' ' || length <= space - start + 1 || length > data.length - start) {
        throw damaged(at, "a PAX record has a wrong length");
      }
      int end = start + (int) length;
      String record = new String(data, space + 1, end - space - 2, StandardCharsets.UTF_8);
      int equals = record.indexOf('=');
      if (equals < 0) {
        throw damaged(at, "a PAX record has no '='");
      }
      String key = record.substring(0, equals);
      String value = record.substring(equals + 1);
      if (key.equals("path")) {
        paxPath = value;
      } else if (key.equals("size")) {
        paxSize = paxNumber(value, at);
      } else if (key.startsWith("GNU.sparse.")) {
        paxSparse = true;
      }
      start = end;
    }
  }

  private long paxNumber(String value, long at) throws ShardException {
    try {
      long number = Long.parseLong(value);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // reported below
    }
    throw damaged(at, "a PAX size is not a number: '" + printable(value) + "'");
  }

  private String headerName() {
    String name = text(0, 100);
    // only POSIX ustar has a prefix; GNU tar ("ustar  ") keeps times there
    boolean posix = block[257] == 'u' && block[258] == 's' && block[259] == 't' && block[260] == 'a'
        && block[261] == 'r' && block[262] == 0;
    String prefix = posix ? text(345, 155) : "";
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  private String text(int offset, int length) {
    int end = offset;
    while (end < offset + length && block[end] != 0) {
      end++;
    }
    return new String(block, offset, end - offset, StandardCharsets.UTF_8);
  }

  /** Octal digits, or GNU base-256 when the first bit is set. */
  private long number(int offset, int length, long at) throws ShardException {
    if ((block[offset] & 0x80) != 0) {
      long value = block[offset] & 0x7f;
      for (int i = 1; i < length; i++) {
        if (value >>> 55 != 0) {
          throw damaged(at, "a header's number is negative or too large");
        }
        value = value << 8 | block[offset + i] & 0xff;
      }
      return value;
    }
    long value = 0;
    boolean digits = false;
    for (int i = offset; i < offset + length; i++) {
      int c = block[i];
      if (c >= '0' && c <= '7') {
        value = value << 3 | c - '0';
        digits = true;
      } else if (c == 0 || c == ' ' && digits) {
        break;
      } else if (c != ' ') {
        throw damaged(at, "a header's number is not octal");
      }
    }
    return value;
  }

  private void verifyChecksum(long at) throws ShardException {
    long unsigned = 0;
    long signed = 0;
    for (int i = 0; i < BLOCK; i++) {
      byte b = i >= 148 && i < 156 ? (byte) ' ' : block[i];
      unsigned += b & 0xff;
      signed += b;
    }
    long stored = number(148, 8, at);
    if (stored != unsigned && stored != signed) {
      throw damaged(at, "the header's checksum is wrong: this is no tar header, or it was damaged");
    }
  }

  /**
   * Searches for the next ustar header at or after an offset, block by block; where damage was, an archive can be read on there.
   *
   * @return its offset, or −1 if there is none up to the end
   */
  static long nextHeader(FileChannel channel, String file, long from) throws IOException {
    byte[] chunk = new byte[128 * BLOCK];
    long size = channel.size();
    for (long start = (from + BLOCK - 1) / BLOCK * BLOCK; start < size; start += chunk.length) {
      int n = TarInput.readFully(channel, chunk, (int) Math.min(chunk.length, size - start), start);
      for (int at = 0; at + BLOCK <= n; at += BLOCK) {
        if (isMagic(chunk, at) && isHeader(chunk, at, file)) {
          return start + at;
        }
      }
    }
    return -1;
  }

  /** Where a ustar header begins inside a member's data, block by block; −1 if there is none. */
  static int headerInside(byte[] data, String file) {
    for (int at = 0; at + BLOCK <= data.length; at += BLOCK) {
      if (isMagic(data, at) && isHeader(data, at, file)) {
        return at;
      }
    }
    return -1;
  }

  private static boolean isMagic(byte[] bytes, int at) {
    return bytes[at + 257] == 'u' && bytes[at + 258] == 's' && bytes[at + 259] == 't' && bytes[at + 260] == 'a' && bytes[at + 261] == 'r';
  }

  private static boolean isHeader(byte[] bytes, int at, String file) {
    TarScanner scanner = new TarScanner(null, file, ShardLimits.DEFAULT);
    System.arraycopy(bytes, at, scanner.block, 0, BLOCK);
    try {
      scanner.verifyChecksum(at);
      return true;
    } catch (ShardException e) {
      return false;
    }
  }

  private boolean isZero() {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private ShardException damaged(long offset, String reason) {
    return new ShardException(file, offset, reason);
  }

  private static String trimNul(String s) {
    int nul = s.indexOf('\0');
    return nul < 0 ? s : s.substring(0, nul);
  }

  /** Names come from strangers: no control characters in messages, no endless ones. */
  static String printable(String name) {
    String clean = name.replaceAll("\\p{Cntrl}", "?");
    return clean.length() <= 120 ? clean : clean.substring(0, 120) + "…";
  }
}
