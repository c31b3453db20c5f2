package io.llama3v.image;

/** Tells YCCK from CMYK in a JPEG file of four components. */
final class JpegColours {
  private JpegColours() {
  }

  /** Whether an Adobe marker (APP14) before the first scan announces transform 2, YCCK. Without the marker the file is CMYK. */
  static boolean isLumaChroma(byte[] jpeg) {
    int at = 2;
    while (at + 4 <= jpeg.length) {
      int marker = jpeg[at + 1] & 255;
      if (marker == 0xff) {
        at++;
        continue;
      }
      if (marker == 0xda) {
        return false;
      }
      int length = (jpeg[at + 2] & 255) << 8 | jpeg[at + 3] & 255;
      if (marker == 0xee && length >= 14 && ImageFormat.starts(jpeg, at + 4, 'A', 'd', 'o', 'b', 'e') && at + 15 < jpeg.length) {
        return jpeg[at + 15] == 2;
      }
      at += 2 + Math.max(length, 2);
    }
    return false;
  }
}
