package io.llama3v.data.curate.ocr;

import io.llama3v.image.Resize;
import io.llama3v.image.RgbImage;
import io.llama3v.io.AtomicFiles;
import io.llama3v.io.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.tesseract.ResultIterator;
import org.bytedeco.tesseract.TessBaseAPI;
import org.bytedeco.tesseract.global.tesseract;

/**
 * Tesseract's LSTM recogniser. Needs the optional dependencies {@code org.bytedeco:tesseract} and {@code leptonica} with their natives;
 * the English language data is that in {@code net.sourceforge.tess4j:tess4j} unless a folder is given. One engine (some 20 MB) is kept
 * for each thread that reads at the same time.
 *
 * <p>Small pictures are doubled in size, up to {@value #ENLARGE_BELOW} pixels on the longer side, since letters of less than some 20
 * pixels are read badly; large ones are reduced to {@value #MAX_PIXELS} pixels, which bounds time and memory.
 */
public final class TesseractRecognizer implements TextRecognizer {
  /** Pictures whose longer side is below this are doubled in size. */
  public static final int ENLARGE_BELOW = 800;
  /** Pixels of a picture at most. */
  public static final int MAX_PIXELS = 4_000_000;
  private static final String DATA = "tessdata/%s.traineddata";
  private final Path folder;
  private final boolean temporary;
  private final String language;
  private final Layout layout;
  private final String fingerprint;
  private final ConcurrentLinkedDeque<TessBaseAPI> idle = new ConcurrentLinkedDeque<>();
  private volatile boolean closed;

  /** How text lies in pictures. */
  public enum Layout {
    /** Columns, blocks and lines, as on a page. */
    PAGE,
    /** Anywhere, in no particular order: signs, labels, screenshots. */
    SPARSE
  }

  /** The English recogniser. */
  public TesseractRecognizer(Layout layout) throws IOException {
    this(null, "eng", layout);
  }

  /**
   * A recogniser.
   *
   * @param tessdata folder with {@code LANGUAGE.traineddata}, or null for what is on the class path
   * @param language such as {@code eng}
   * @throws IOException           if there is no data for the language
   * @throws IllegalStateException if Tesseract is not on the class path
   */
  public TesseractRecognizer(Path tessdata, String language, Layout layout) throws IOException {
    if (!language.matches("[A-Za-z_]{2,30}")) throw new IllegalArgumentException("language '" + language + "'; expected a name such as eng");
    this.language = language;
    this.layout = layout;
    this.temporary = tessdata == null;
    this.folder = temporary ? extract(language) : tessdata;
    try {
      Path data = folder.resolve(language + ".traineddata");
      if (!Files.isRegularFile(data)) throw new IOException(data + " does not exist: the folder has no data for language '" + language + "'");
      fingerprint = "tesseract " + version() + " " + layout + " " + Digests.sha256(data) + " v1";
      idle.add(open());
    } catch (IOException | RuntimeException failed) {
      close();
      throw failed;
    }
  }

  private static String version() {
    try {
      return TessBaseAPI.Version().getString();
    } catch (NoClassDefFoundError | UnsatisfiedLinkError absent) {
      throw new IllegalStateException("Tesseract is not on the class path; add org.bytedeco:tesseract and org.bytedeco:leptonica with the"
          + " natives of this platform", absent);
    }
  }

  private static Path extract(String language) throws IOException {
    String name = String.format(DATA, language);
    try (InputStream in = TesseractRecognizer.class.getClassLoader().getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("no language data '" + name + "' on the class path; add net.sourceforge.tess4j:tess4j (English), or name a"
            + " folder of Tesseract's data");
      }
      Path folder = Files.createTempDirectory("tessdata");
      AtomicFiles.writeStream(folder.resolve(language + ".traineddata"), in);
      return folder;
    }
  }

  private TessBaseAPI open() {
    TessBaseAPI engine = new TessBaseAPI();
    if (engine.Init(folder.toString(), language, tesseract.OEM_LSTM_ONLY) != 0) {
      engine.close();
      throw new IllegalStateException("Tesseract cannot use " + folder.resolve(language + ".traineddata") + "; is it damaged, or of another version?");
    }
    engine.SetPageSegMode(layout == Layout.PAGE ? tesseract.PSM_AUTO : tesseract.PSM_SPARSE_TEXT);
    return engine;
  }

  @Override
  public String fingerprint() {
    return fingerprint;
  }

  @Override
  public List<RecognizedWord> read(RgbImage image) {
    if (closed) throw new IllegalStateException("the recogniser is closed");
    double scale = scale(image);
    int width = Math.max(1, (int) (image.width() * scale));
    int height = Math.max(1, (int) (image.height() * scale));
    RgbImage sized = Resize.resize(image, width, height, Resize.Filter.BICUBIC);
    TessBaseAPI engine = idle.poll();
    if (engine == null) engine = open();
    try {
      return read(engine, sized, scale);
    } finally {
      engine.Clear();
      idle.add(engine);
      if (closed) close();
    }
  }

  private static double scale(RgbImage image) {
    double scale = Math.max(image.width(), image.height()) < ENLARGE_BELOW ? 2 : 1;
    return Math.min(scale, Math.sqrt((double) MAX_PIXELS / ((double) image.width() * image.height())));
  }

  private static List<RecognizedWord> read(TessBaseAPI engine, RgbImage image, double scale) {
    List<RecognizedWord> words = new ArrayList<>();
    ByteBuffer pixels = ByteBuffer.allocateDirect(image.rgb().length).put(image.rgb()).flip();
    engine.SetImage(new BytePointer(pixels), image.width(), image.height(), 3, 3 * image.width());
    engine.SetSourceResolution(150);
    if (engine.Recognize(null) != 0) return words;
    try (ResultIterator at = engine.GetIterator(); IntPointer left = new IntPointer(1); IntPointer top = new IntPointer(1);
        IntPointer right = new IntPointer(1); IntPointer bottom = new IntPointer(1)) {
      if (at == null || at.isNull()) return words;
      int line = -1;
      do {
        if (line < 0 || at.IsAtBeginningOf(tesseract.RIL_TEXTLINE)) line++;
        try (BytePointer text = at.GetUTF8Text(tesseract.RIL_WORD)) {
          if (text == null || text.isNull()) continue;
          at.BoundingBox(tesseract.RIL_WORD, left, top, right, bottom);
          words.add(new RecognizedWord(new String(text.getStringBytes(), java.nio.charset.StandardCharsets.UTF_8),
              at.Confidence(tesseract.RIL_WORD), line, (int) (left.get() / scale), (int) (top.get() / scale),
              (int) Math.ceil((right.get() - left.get()) / scale), (int) Math.ceil((bottom.get() - top.get()) / scale)));
        }
      } while (at.Next(tesseract.RIL_WORD));
    }
    return words;
  }

  @Override
  public void close() {
    closed = true;
    for (TessBaseAPI engine; (engine = idle.poll()) != null;) {
      engine.End();
      engine.close();
    }
    if (!temporary) return;
    try {
      AtomicFiles.deleteTree(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
