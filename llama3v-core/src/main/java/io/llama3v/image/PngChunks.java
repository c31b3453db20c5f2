package io.llama3v.image;

import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * Reduces a PNG file to the chunks that hold its pixels: IHDR, PLTE, tRNS, IDAT, IEND.
 *
 * <p>Text, colour-profile and time chunks are left out, so that compressed text cannot expand in memory and a damaged comment does
 * not cost the picture. Every chunk's length is checked against the file, and the checksums of the chunks that are kept.
 */
final class PngChunks {
  private static final int IHDR = 0x49484452;
  private static final int PLTE = 0x504c5445;
  private static final int TRNS = 0x74524e53;
  private static final int IDAT = 0x49444154;
  private static final int IEND = 0x49454e44;
  private static final int TRUE_COLOUR = 2;

  private PngChunks() {
  }

  /**
   * The same picture with nothing but its pixels.
   *
   * <p>The transparent colour of a true-colour image (tRNS with colour type 2) is left out as well: the reference image
   * processors take such an image for plain RGB.
   *
   * @throws ImageException if the file ends early or a checksum is wrong
   */
  static byte[] pixelsOnly(byte[] file, String source) {
    byte[] kept = new byte[file.length];
    System.arraycopy(file, 0, kept, 0, 8);
    int size = 8;
    int at = 8;
    int type = 0;
    int colourType = -1;
    while (type != IEND) {
      if (at > file.length - 12) {
        throw new ImageException(source, "truncated PNG: it ends at byte " + file.length + " without an IEND chunk");
      }
      long length = integer(file, at) & 0xffffffffL;
      type = integer(file, at + 4);
      if (length > file.length - at - 12) {
        throw new ImageException(source, "truncated PNG: the chunk at byte " + at + " has " + length
            + " bytes, the file ends after " + (file.length - at - 12));
      }
      int end = at + 12 + (int) length;
      if (type == IHDR) {
        colourType = file[at + 17];
      }
      if (type == IHDR || type == PLTE || type == IDAT || type == IEND || type == TRNS && colourType != TRUE_COLOUR) {
        CRC32 crc = new CRC32();
        crc.update(file, at + 4, (int) length + 4);
        if ((int) crc.getValue() != integer(file, end - 4)) {
          throw new ImageException(source, "damaged PNG: wrong checksum in the chunk at byte " + at);
        }
        System.arraycopy(file, at, kept, size, end - at);
        size += end - at;
      }
      at = end;
    }
    return Arrays.copyOf(kept, size);
  }

  private static int integer(byte[] bytes, int at) {
    return (bytes[at] & 255) << 24 | (bytes[at + 1] & 255) << 16 | (bytes[at + 2] & 255) << 8 | bytes[at + 3] & 255;
  }
}
