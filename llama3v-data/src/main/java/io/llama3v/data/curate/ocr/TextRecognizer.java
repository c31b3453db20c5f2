package io.llama3v.data.curate.ocr;

import io.llama3v.image.RgbImage;
import java.util.List;

/** Reads text in pictures. Safe for several threads. */
public interface TextRecognizer extends AutoCloseable {
  /** Names engine, version, language data and settings. */
  String fingerprint();

  /** Words in reading order. */
  List<RecognizedWord> read(RgbImage image);

  @Override
  void close();
}
