package io.llama3v.data.curate.ocr;

import io.llama3v.data.curate.Candidate;
import io.llama3v.data.curate.CurationRecord;
import io.llama3v.data.curate.Step;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads the text in pictures and appends it to every caption that does not hold it already. Nothing is dropped. Score:
 * {@value #CONFIDENCE}, the mean confidence of the words that were added, 0 to 100. Notes: {@value #TEXT}, what was read with enough
 * confidence; {@value #SPANS}, for each caption the place of the added text as {@code from-to} (UTF-16 units, after the separator), or
 * {@code -} where the caption held it already.
 */
public final class OcrStep implements Step<Void> {
  /** The score: mean confidence of the words read. */
  public static final String CONFIDENCE = "ocr";
  /** The note with the text. */
  public static final String TEXT = "ocr.text";
  /** The note with the places of the text in the captions. */
  public static final String SPANS = "ocr.spans";
  private final TextRecognizer recognizer;
  private final OcrConfig config;

  /** A step with Tesseract. */
  public OcrStep(OcrConfig config) throws IOException {
    this(config, new TesseractRecognizer(config.tessdata(), config.language(), config.layout()));
  }

  /** A step with a recogniser of one's own; it closes it. */
  public OcrStep(OcrConfig config, TextRecognizer recognizer) {
    this.config = config;
    this.recognizer = recognizer;
  }

  @Override
  public String name() {
    return "ocr";
  }

  @Override
  public Map<String, String> settings() {
    return Map.of("version", "1", "recognizer", recognizer.fingerprint(), "min_confidence", config.minConfidence().toString(), "min_words",
        Integer.toString(config.minWords()), "max_characters", Integer.toString(config.maxCharacters()), "separator", config.separator());
  }

  @Override
  public boolean needsPictures() {
    return true;
  }

  @Override
  public List<CurationRecord> measure(List<Candidate> batch) {
    return batch.stream().map(candidate -> added(candidate.record(), recognizer.read(candidate.image()))).toList();
  }

  private CurationRecord added(CurationRecord record, List<RecognizedWord> words) {
    StringBuilder text = new StringBuilder();
    double confidence = 0;
    int count = 0;
    for (RecognizedWord word : words) {
      String clean = word.text().strip().replaceAll("[\\s\\p{Cntrl}]+", " ");
      if (word.confidence() < config.minConfidence() || clean.codePoints().noneMatch(Character::isLetterOrDigit)) continue;
      if (text.length() + 1 + clean.length() > config.maxCharacters()) break;
      if (count > 0) text.append(' ');
      text.append(clean);
      confidence += word.confidence();
      count++;
    }
    if (count < config.minWords()) return record;
    List<String> captions = new ArrayList<>();
    List<String> spans = new ArrayList<>();
    for (String caption : record.captions()) {
      boolean there = caption.toLowerCase(Locale.ROOT).contains(text.toString().toLowerCase(Locale.ROOT));
      String longer = there ? caption : caption + config.separator() + text;
      captions.add(longer);
      spans.add(there ? "-" : longer.length() - text.length() + "-" + longer.length());
    }
    return record.withCaptions(captions).withNote(TEXT, text.toString()).withNote(SPANS, String.join(",", spans))
        .withScore(CONFIDENCE, confidence / count);
  }

  @Override
  public void close() {
    recognizer.close();
  }
}
