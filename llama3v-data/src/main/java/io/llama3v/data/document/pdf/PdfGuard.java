package io.llama3v.data.document.pdf;

import io.llama3v.data.document.DocumentException;
import io.llama3v.io.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.apache.pdfbox.cos.COSArray;
import org.apache.pdfbox.cos.COSBase;
import org.apache.pdfbox.cos.COSDictionary;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.cos.COSObject;
import org.apache.pdfbox.cos.COSStream;
import org.apache.pdfbox.pdmodel.PDPage;

/**
 * Looks at everything a page refers to before it is drawn: sizes that pictures state, and what streams unpack to, which is counted
 * without being kept.
 */
final class PdfGuard {
  /** Bytes that one stream unpacks to at most. */
  static final long MAX_STREAM = 3L * Limits.PIXELS;
  private static final int MAX_OBJECTS = 200_000;
  /** No filter but Flate and LZW packs more than this, and theirs is counted or bounded. */
  private static final int DEFLATE_RATIO = 1032;

  private PdfGuard() {}

  /** @throws DocumentException if something the page refers to is too large */
  static void check(String source, PDPage page) throws IOException {
    Set<COSBase> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    ArrayDeque<COSBase> open = new ArrayDeque<>();
    for (COSName key : page.getCOSObject().keySet()) {
      if (!key.equals(COSName.PARENT)) open.add(page.getCOSObject().getItem(key));
    }
    if (page.getResources() != null) open.add(page.getResources().getCOSObject());
    while (!open.isEmpty()) {
      COSBase base = open.remove();
      if (base instanceof COSObject reference) base = reference.getObject();
      if (base == null || !seen.add(base)) continue;
      if (seen.size() > MAX_OBJECTS) throw new DocumentException(source, "too large", "refers to more than " + MAX_OBJECTS + " objects");
      if (base instanceof COSStream stream) stream(source, stream);
      if (base instanceof COSDictionary dictionary) {
        // Pages that links lead to are not drawn here.
        if (COSName.PAGE.equals(dictionary.getCOSName(COSName.TYPE)) || COSName.PAGES.equals(dictionary.getCOSName(COSName.TYPE))) continue;
        for (COSName key : dictionary.keySet()) {
          if (!key.equals(COSName.PARENT)) open.add(dictionary.getItem(key));
        }
      } else if (base instanceof COSArray array) {
        for (int i = 0; i < array.size(); i++) open.add(array.get(i));
      }
    }
  }

  private static void stream(String source, COSStream stream) throws IOException {
    if (COSName.IMAGE.equals(stream.getCOSName(COSName.SUBTYPE))) {
      long wide = stream.getLong(COSName.WIDTH, 0);
      long high = stream.getLong(COSName.HEIGHT, 0);
      if (wide < 0 || high < 0 || wide > Limits.SIDE || high > Limits.SIDE || wide * high > Limits.PIXELS) {
        throw new DocumentException(source, "too large", "holds a picture of " + wide + " x " + high + " pixels; expected at most " + Limits.PIXELS);
      }
    }
    List<COSName> filters = filters(stream.getFilters());
    long packing = filters.stream().filter(f -> f.equals(COSName.FLATE_DECODE) || f.equals(COSName.LZW_DECODE) || f.equals(COSName.RUN_LENGTH_DECODE)
        || f.getName().equals("Fl") || f.getName().equals("LZW") || f.getName().equals("RL")).count();
    if (packing == 0) return;
    long raw = stream.getLength();
    boolean flate = filters.size() == 1 && (filters.get(0).equals(COSName.FLATE_DECODE) || filters.get(0).getName().equals("Fl"));
    // Packed in several ways: what comes out cannot be counted without doing all of it, so the worst case must fit.
    if (flate ? raw * DEFLATE_RATIO > MAX_STREAM && inflated(stream) > MAX_STREAM : Math.pow(DEFLATE_RATIO, packing) * raw > 8.0 * MAX_STREAM) {
      throw new DocumentException(source, "too large", "holds a stream of " + raw + " bytes that may unpack to more than " + MAX_STREAM);
    }
  }

  private static List<COSName> filters(COSBase filters) {
    if (filters instanceof COSName one) return List.of(one);
    List<COSName> all = new ArrayList<>();
    if (filters instanceof COSArray array) {
      for (int i = 0; i < array.size(); i++) if (array.getObject(i) instanceof COSName name) all.add(name);
    }
    return all;
  }

  /** Bytes that come out, counted up to the limit and one chunk more. */
  private static long inflated(COSStream stream) throws IOException {
    Inflater inflater = new Inflater();
    byte[] in = new byte[1 << 14];
    byte[] out = new byte[1 << 16];
    long total = 0;
    try (InputStream raw = stream.createRawInputStream()) {
      for (int n; (n = raw.read(in)) > 0;) {
        inflater.setInput(in, 0, n);
        for (int m; total <= MAX_STREAM && (m = inflater.inflate(out)) > 0;) total += m;
        if (total > MAX_STREAM || inflater.finished() || inflater.needsDictionary()) break;
      }
    } catch (DataFormatException damaged) {
      return total; // the renderer takes what comes before the damage, and so much was counted
    } finally {
      inflater.end();
    }
    return total;
  }
}
