package io.llama3v.image;

import io.llama3v.io.Limits;

/**
 * What an encoded picture says about itself before anything is decoded: format, size and, for JPEG, the number of components.
 * Only the header bytes are read; nothing is allocated.
 */
public record ImageHeader(ImageFormat format, int width, int height, int components) {

  /**
   * Reads and checks a header.
   *
   * @param source names the bytes in errors
   * @throws ImageException if the format is unknown, the header is cut or broken, or the size is zero or over the limits
   */
  public static ImageHeader read(byte[] bytes, String source) {
    ImageFormat format = ImageFormat.of(bytes);
    if (format == null) {
      throw new ImageException(source, "not an image in a supported format (PNG, JPEG, GIF, BMP, WebP); it has "
          + bytes.length + " bytes");
    }
    Cursor in = new Cursor(bytes, format, source);
    return switch (format) {
      case PNG -> png(in);
      case JPEG -> jpeg(in);
      case GIF -> gif(in);
      case BMP -> bmp(in);
      case WEBP -> whole(webp(in), in);
    };
  }

  /**
   * Refuses a size that is empty or would take too much memory.
   *
   * @throws ImageException if a side is not in 1..{@value Limits#SIDE} or there are more than {@value Limits#PIXELS} pixels
   */
  static void checkSize(long width, long height, String source) {
    if (width < 1 || height < 1) {
      throw new ImageException(source, "an image of " + width + "x" + height + " pixels is empty");
    }
    if (width > Limits.SIDE || height > Limits.SIDE) {
      throw new OversizedImageException(source, "an image of " + width + "x" + height + " pixels is too long; at most "
          + Limits.SIDE + " a side");
    }
    if (width * height > Limits.PIXELS) {
      throw new OversizedImageException(source, "an image of " + width + "x" + height + " pixels is too large; at most "
          + Limits.PIXELS + " pixels");
    }
  }

  private static ImageHeader of(ImageFormat format, long width, long height, int components, String source) {
    checkSize(width, height, source);
    return new ImageHeader(format, (int) width, (int) height, components);
  }

  private static ImageHeader png(Cursor in) {
    if (in.bigEndian(8, 4) != 13 || !ImageFormat.starts(in.bytes, 12, 'I', 'H', 'D', 'R')) {
      throw in.broken("the first chunk is not a header of 13 bytes");
    }
    return of(ImageFormat.PNG, in.bigEndian(16, 4), in.bigEndian(20, 4), 0, in.source);
  }

  /** Walks the marker segments to the frame header (SOF0..SOF15 without DHT, JPG and DAC). */
  private static ImageHeader jpeg(Cursor in) {
    int at = 2;
    while (true) {
      if (in.bigEndian(at, 1) != 0xff) {
        throw in.broken("no marker at byte " + at);
      }
      int marker = (int) in.bigEndian(at + 1, 1);
      if (marker == 0xff) {
        at++;
      } else if (marker == 0x01 || marker >= 0xd0 && marker <= 0xd7) {
        at += 2;
      } else if (marker == 0xda || marker == 0xd9) {
        throw in.broken("no frame header before the data");
      } else if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc) {
        if (in.bigEndian(at + 4, 1) != 8) {
          throw in.broken("only 8 bits a sample are supported, found " + in.bigEndian(at + 4, 1));
        }
        return of(ImageFormat.JPEG, in.bigEndian(at + 7, 2), in.bigEndian(at + 5, 2), (int) in.bigEndian(at + 9, 1), in.source);
      } else {
        int length = (int) in.bigEndian(at + 2, 2);
        if (length < 2) {
          throw in.broken("a segment of length " + length + " at byte " + at);
        }
        at += 2 + length;
      }
    }
  }

  private static ImageHeader gif(Cursor in) {
    return of(ImageFormat.GIF, in.littleEndian(6, 2), in.littleEndian(8, 2), 0, in.source);
  }

  private static ImageHeader bmp(Cursor in) {
    if (in.littleEndian(14, 4) == 12) {
      return of(ImageFormat.BMP, in.littleEndian(18, 2), in.littleEndian(20, 2), 0, in.source);
    }
    // a negative height means rows from the top
    return of(ImageFormat.BMP, (int) in.littleEndian(18, 4), Math.abs((long) (int) in.littleEndian(22, 4)), 0, in.source);
  }

  private static ImageHeader webp(Cursor in) {
    if (ImageFormat.starts(in.bytes, 12, 'V', 'P', '8', ' ')) {
      if (in.bigEndian(23, 3) != 0x9d012a) {
        throw in.broken("no start code in the VP8 frame");
      }
      return of(ImageFormat.WEBP, in.littleEndian(26, 2) & 0x3fff, in.littleEndian(28, 2) & 0x3fff, 0, in.source);
    }
    if (ImageFormat.starts(in.bytes, 12, 'V', 'P', '8', 'L')) {
      long bits = in.littleEndian(21, 4);
      return of(ImageFormat.WEBP, (bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1, 0, in.source);
    }
    if (ImageFormat.starts(in.bytes, 12, 'V', 'P', '8', 'X')) {
      return of(ImageFormat.WEBP, in.littleEndian(24, 3) + 1, in.littleEndian(27, 3) + 1, 0, in.source);
    }
    throw in.broken("unknown first chunk");
  }

  /** A WebP file states its length; its decoder would go on with zeros where bytes are missing. */
  private static ImageHeader whole(ImageHeader header, Cursor in) {
    long length = in.littleEndian(4, 4) + 8;
    if (length > in.bytes.length) {
      throw new ImageException(in.source, "truncated WEBP: it has " + in.bytes.length + " of " + length + " bytes");
    }
    return header;
  }

  /** Bounds-checked reads of unsigned numbers. */
  private record Cursor(byte[] bytes, ImageFormat format, String source) {
    long bigEndian(int at, int count) {
      require(at, count);
      long value = 0;
      for (int i = 0; i < count; i++) {
        value = value << 8 | bytes[at + i] & 255;
      }
      return value;
    }

    long littleEndian(int at, int count) {
      require(at, count);
      long value = 0;
      for (int i = count - 1; i >= 0; i--) {
        value = value << 8 | bytes[at + i] & 255;
      }
      return value;
    }

    private void require(int at, int count) {
      if (at > bytes.length - count) {
        throw broken("truncated: the header does not end within its " + bytes.length + " bytes");
      }
    }

    ImageException broken(String problem) {
      return new ImageException(source, "broken " + format + " header: " + problem);
    }
  }
}
