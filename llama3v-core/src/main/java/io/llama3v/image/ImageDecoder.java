package io.llama3v.image;

import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import io.llama3v.io.Limits;
import java.awt.image.BufferedImage;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Objects;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;

/**
 * Decodes PNG, JPEG, GIF (first frame), BMP and WebP to RGB.
 *
 * <p>Size in bytes, sides and pixels are compared with {@link Limits} before any pixel is decoded. Greys, palettes and transparency
 * come out bit for bit as from Pillow in the reference image processors; of JPEG and lossy WebP, whose decoders may round
 * differently, that cannot be promised. Colour profiles and the EXIF orientation are ignored. Safe for use by several threads.
 */
public final class ImageDecoder {
  private ImageDecoder() {
  }

  /** Decodes a file; transparent parts are laid on white. */
  public static RgbImage decode(Path file) throws IOException {
    return decode(file, Transparency.ON_WHITE);
  }

  /**
   * Decodes a file.
   *
   * @throws ImageException if it is not a picture, is damaged, or exceeds a limit
   * @throws IOException    if it cannot be read
   */
  public static RgbImage decode(Path file, Transparency transparency) throws IOException {
    if (Files.isDirectory(file)) throw new ImageException(file.toString(), "a folder; expected a picture");
    checkBytes(Files.size(file), file.toString());
    return decode(Files.readAllBytes(file), file.toString(), transparency);
  }

  /** Decodes bytes; transparent parts are laid on white. */
  public static RgbImage decode(byte[] bytes, String source) {
    return decode(bytes, source, Transparency.ON_WHITE);
  }

  /**
   * Decodes bytes.
   *
   * @param source names the bytes in errors: a path, a shard and key, a URL
   * @throws ImageException if they are not a picture, are damaged, or exceed a limit
   */
  public static RgbImage decode(byte[] bytes, String source, Transparency transparency) {
    Objects.requireNonNull(transparency, "transparency");
    checkBytes(bytes.length, source);
    ImageHeader header = ImageHeader.read(bytes, source);
    byte[] pixels = header.format() == ImageFormat.PNG ? PngChunks.pixelsOnly(bytes, source) : bytes;
    ImageReader reader = reader(header.format(), source);
    DamageListener damage = new DamageListener();
    try (ByteArrayImageInput input = new ByteArrayImageInput(pixels)) {
      reader.addIIOReadWarningListener(damage);
      reader.setInput(input, true, true);
      // decoders may take another size than the header's from a later part of the file
      ImageHeader.checkSize(reader.getWidth(0), reader.getHeight(0), source);
      RgbImage image = read(reader, header, bytes, transparency, source);
      if (damage.found() != null) {
        throw new ImageException(source, "damaged " + header.format() + ": " + damage.found());
      }
      return image;
    } catch (ImageException e) {
      throw e;
    } catch (EOFException e) {
      throw new ImageException(source, "truncated " + header.format() + ": it ends within the pixels", e);
    } catch (IOException | RuntimeException e) {
      // decoders meet hostile bytes with every kind of runtime exception
      throw new ImageException(source, "damaged or unsupported " + header.format() + ": "
          + (e instanceof IOException ? e.getMessage() : e), e);
    } catch (OutOfMemoryError e) {
      throw new ImageException(source, "no memory to decode " + header.width() + "x" + header.height()
          + " pixels; give the JVM more heap (-Xmx) or decode fewer images at once", e);
    } finally {
      reader.dispose();
    }
  }

  private static RgbImage read(ImageReader reader, ImageHeader header, byte[] bytes, Transparency transparency, String source)
      throws IOException {
    if (header.format() == ImageFormat.JPEG && header.components() == 4) {
      return RasterConverter.cmykToRgb(reader.readRaster(0, null), JpegColours.isLumaChroma(bytes));
    }
    BufferedImage image = reader.read(0);
    return RasterConverter.toRgb(image, transparency, source, true);
  }

  /** The JDK's decoder for a format whatever else is on the class path, and TwelveMonkeys' for WebP, which the JDK lacks. */
  private static ImageReader reader(ImageFormat format, String source) {
    if (format == ImageFormat.WEBP) {
      return new WebPImageReaderSpi().createReaderInstance(null);
    }
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format.name());
    while (readers.hasNext()) {
      ImageReader reader = readers.next();
      if (reader.getClass().getName().startsWith("com.sun.imageio.")) {
        return reader;
      }
    }
    throw new ImageException(source, "this Java runtime has no " + format + " decoder; use one with the java.desktop module");
  }

  private static void checkBytes(long count, String source) {
    if (count == 0) {
      throw new ImageException(source, "the file is empty");
    }
    if (count > Limits.IMAGE_BYTES) {
      throw new OversizedImageException(source, count + " bytes are too many for one image; at most " + Limits.IMAGE_BYTES);
    }
  }
}
