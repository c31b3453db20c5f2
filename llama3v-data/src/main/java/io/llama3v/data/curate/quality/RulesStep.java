package io.llama3v.data.curate.quality;

import io.llama3v.data.curate.Candidate;
import io.llama3v.data.curate.CurationRecord;
import io.llama3v.data.curate.PictureInfo;
import io.llama3v.data.curate.Step;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Rules about sizes and characters. Captions are judged one by one. Reasons: {@code picture-small, picture-elongated, picture-large,
 * score-low, score-high, few-words, many-words, few-characters, many-characters, file-name, address, few-letters, repeated-words}.
 */
public final class RulesStep implements Step<Void> {
  private static final int REPETITION_FROM = 8;
  /** {@code IMG_1234.jpg}, {@code dsc00017}, {@code photo-2 (3).png}: a camera's or a program's name for a file. */
  private static final Pattern FILE_NAME = Pattern.compile(
      "(?i)(\\S+\\.(jpe?g|png|gif|webp|bmp|tiff?|svg)|(img|dsc[nf]?|p|pict|image|photo|screenshot|untitled)[-_ ]?\\d+(\\s?\\(\\d+\\))?)");
  private static final Pattern ADDRESS = Pattern.compile("(?i)(https?://|www\\.)\\S+");
  private final RulesConfig config;

  public RulesStep(RulesConfig config) {
    this.config = config;
  }

  @Override
  public String name() {
    return "rules";
  }

  @Override
  public Map<String, String> settings() {
    return Map.of("config", config.toString(), "version", "1");
  }

  @Override
  public List<CurationRecord> measure(List<Candidate> batch) {
    return batch.stream().map(c -> judge(c.record())).toList();
  }

  private CurationRecord judge(CurationRecord read) {
    PictureInfo picture = read.picture();
    CurationRecord record = read.withScore("side", picture.shortSide()).withScore("aspect", picture.aspect())
        .withScore("words", words(read.caption()).length);
    String reason = reason(record);
    return reason != null ? record.dropped(name(), reason) : CaptionFilter.apply(record, name(), this::reason);
  }

  private String reason(CurationRecord record) {
    PictureInfo picture = record.picture();
    if (picture.pixels() > config.maxPixels()) {
      return "picture-large";
    }
    if (picture.shortSide() < config.minSide()) {
      return "picture-small";
    }
    if (picture.aspect() > config.maxAspect()) {
      return "picture-elongated";
    }
    for (Map.Entry<String, Double> bound : config.minScores().entrySet()) {
      if (record.scores().getOrDefault(bound.getKey(), Double.POSITIVE_INFINITY) < bound.getValue()) {
        return "score-low";
      }
    }
    for (Map.Entry<String, Double> bound : config.maxScores().entrySet()) {
      if (record.scores().getOrDefault(bound.getKey(), Double.NEGATIVE_INFINITY) > bound.getValue()) {
        return "score-high";
      }
    }
    return null;
  }

  /** Why a caption is bad; null if it is good. */
  String reason(String caption) {
    int length = caption.codePointCount(0, caption.length());
    String[] words = words(caption);
    if (FILE_NAME.matcher(caption).matches()) {
      return "file-name";
    }
    if (ADDRESS.matcher(caption).matches()) {
      return "address";
    }
    if (words.length < config.minWords()) {
      return "few-words";
    }
    if (words.length > config.maxWords()) {
      return "many-words";
    }
    if (length < config.minCharacters()) {
      return "few-characters";
    }
    if (length > config.maxCharacters()) {
      return "many-characters";
    }
    long visible = caption.codePoints().filter(c -> !Character.isWhitespace(c)).count();
    if (caption.codePoints().filter(Character::isLetter).count() < config.minLetters() * visible) {
      return "few-letters";
    }
    if (words.length >= REPETITION_FROM) {
      Set<String> different = new HashSet<>();
      for (String word : words) {
        different.add(word.toLowerCase(Locale.ROOT));
      }
      if (words.length - different.size() > config.maxRepeated() * words.length) {
        return "repeated-words";
      }
    }
    return null;
  }

  private static String[] words(String caption) {
    return caption.isEmpty() ? new String[0] : caption.split("\\s+");
  }
}
