package io.llama3v.image;

import java.util.Locale;

/** The file formats that are decoded. Others are refused: every decoder is code exposed to untrusted bytes. */
public enum ImageFormat {
  PNG, JPEG, GIF, BMP, WEBP;

  /** Recognises a format by its first bytes; null if it is none of these. File names and extensions are not trusted. */
  public static ImageFormat of(byte[] bytes) {
    if (starts(bytes, 0, 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n')) {
      return PNG;
    }
    if (starts(bytes, 0, 0xff, 0xd8, 0xff)) {
      return JPEG;
    }
    if (starts(bytes, 0, 'G', 'I', 'F', '8', '7', 'a') || starts(bytes, 0, 'G', 'I', 'F', '8', '9', 'a')) {
      return GIF;
    }
    if (starts(bytes, 0, 'R', 'I', 'F', 'F') && starts(bytes, 8, 'W', 'E', 'B', 'P')) {
      return WEBP;
    }
    return starts(bytes, 0, 'B', 'M') ? BMP : null;
  }

  /** The usual extension of such files, without a dot. */
  public String extension() {
    return this == JPEG ? "jpg" : name().toLowerCase(Locale.ROOT);
  }

  static boolean starts(byte[] bytes, int at, int... magic) {
    if (at < 0 || bytes.length - at < magic.length) {
      return false;
    }
    for (int i = 0; i < magic.length; i++) {
      if ((bytes[at + i] & 255) != magic[i]) {
        return false;
      }
    }
    return true;
  }
}
