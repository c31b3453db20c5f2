package io.llama3v.data.curate.ocr;

import java.nio.file.Path;

/**
 * How text in pictures is read and added to captions.
 *
 * @param minConfidence words read with less are left out; 0 to 100; 70
 * @param minWords      with fewer words left, nothing is added; 1
 * @param maxCharacters of the added text; it ends at a word; 1000
 * @param separator     between caption and text; a space
 * @param layout        {@code page} or {@code sparse}; sparse
 * @param language      of Tesseract's data; eng
 * @param tessdata      folder of Tesseract's data; what is on the class path by default
 */
public record OcrConfig(Double minConfidence, int minWords, int maxCharacters, String separator, TesseractRecognizer.Layout layout,
    String language, Path tessdata) {
  /** The defaults. */
  public static final OcrConfig DEFAULT = new OcrConfig(null, 0, 0, null, null, null, null);

  /** Fills in defaults and checks. */
  public OcrConfig {
    minConfidence = minConfidence == null ? 70 : minConfidence;
    minWords = minWords == 0 ? 1 : minWords;
    maxCharacters = maxCharacters == 0 ? 1000 : maxCharacters;
    separator = separator == null ? " " : separator;
    layout = layout == null ? TesseractRecognizer.Layout.SPARSE : layout;
    language = language == null ? "eng" : language;
    if (!(minConfidence >= 0 && minConfidence <= 100) || minWords < 1 || maxCharacters < 1) {
      throw new IllegalArgumentException("'min_confidence' must be 0 to 100, 'min_words' and 'max_characters' positive");
    }
  }
}
