package io.llama3v.train.eval;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The accuracy of VQAv2 and TextVQA, equal bit for bit to the official scorer (Antol et al. 2015, {@code vqaEval.py}).
 *
 * <p>For each of the (usually ten) human answers, taken away in turn: {@code min(1, matches among the others / 3)}; the score is the
 * mean. Ten equal answers that the prediction matches give 1, three of ten give 0.9, one of ten 0.3.
 *
 * <p>The official scorer's quirks are kept, because published numbers have them:
 * <ul>
 *   <li>Answers and prediction are normalised <em>only when the answers are not all equal</em>. Otherwise "Yes" does not match ten
 *       times "yes".</li>
 *   <li>The expression that removes full stops means to spare those after a digit and does not ({@code (?!<=\d)} for
 *       {@code (?<!\d)}): "2. " loses its stop.</li>
 *   <li>A flag passed in the place of a count limits that removal to 32 full stops.</li>
 *   <li>Whether a punctuation mark is removed or becomes a space is decided on the text before any mark was touched; one digit-comma-digit
 *       anywhere makes every mark vanish.</li>
 * </ul>
 */
public final class VqaAccuracy {
  private static final Pattern COMMA_BETWEEN_DIGITS = Pattern.compile("\\d,\\d", Pattern.UNICODE_CHARACTER_CLASS);
  private static final Pattern STOP = Pattern.compile("\\.(?!\\d)", Pattern.UNICODE_CHARACTER_CLASS);
  private static final int STOPS_REMOVED_AT_MOST = 32;
  private static final String PUNCTUATION = ";/[]\"{}()=+\\_-><@`,?!";
  private static final Set<String> ARTICLES = Set.of("a", "an", "the");
  private static final Map<String, String> DIGITS = Map.ofEntries(
      Map.entry("none", "0"), Map.entry("zero", "0"), Map.entry("one", "1"), Map.entry("two", "2"), Map.entry("three", "3"),
      Map.entry("four", "4"), Map.entry("five", "5"), Map.entry("six", "6"), Map.entry("seven", "7"), Map.entry("eight", "8"),
      Map.entry("nine", "9"), Map.entry("ten", "10"));
  private static final Map<String, String> CONTRACTIONS = readContractions();

  private VqaAccuracy() { }

  /**
   * Scores one prediction.
   *
   * @param prediction the model's answer
   * @param answers    the human answers, one per annotator
   * @return a number from 0 to 1
   * @throws IllegalArgumentException when there are no answers
   */
  public static double score(String prediction, List<String> answers) {
    if (answers.isEmpty()) {
      throw new IllegalArgumentException("no human answers: VQA accuracy needs at least one (the benchmarks have ten)");
    }
    String predicted = trim(prediction);
    List<String> truth = new ArrayList<>(answers.size());
    answers.forEach(answer -> truth.add(trim(answer)));
    if (new HashSet<>(truth).size() > 1) {
      predicted = normalize(predicted);
      truth.replaceAll(VqaAccuracy::normalize);
    }
    double sum = 0;
    for (int left = 0; left < truth.size(); left++) {
      int matches = 0;
      for (int other = 0; other < truth.size(); other++) {
        if (other != left && truth.get(other).equals(predicted)) {
          matches++;
        }
      }
      sum += Math.min(1.0, matches / 3.0);
    }
    return sum / truth.size();
  }

  /** The official normalisation: punctuation, then lower case, number words, articles and contractions. */
  public static String normalize(String text) {
    return digitsAndArticles(punctuation(text));
  }

  private static String trim(String text) {
    return PythonText.strip(text.replace('\n', ' ').replace('\t', ' '));
  }

  static String punctuation(String text) {
    boolean digitComma = COMMA_BETWEEN_DIGITS.matcher(text).find();
    String out = text;
    for (int i = 0; i < PUNCTUATION.length(); i++) {
      String mark = PUNCTUATION.substring(i, i + 1);
      boolean besideSpace = text.contains(mark + " ") || text.contains(" " + mark);
      out = out.replace(mark, besideSpace || digitComma ? "" : " ");
    }
    Matcher stop = STOP.matcher(out);
    StringBuilder kept = new StringBuilder();
    for (int i = 0; i < STOPS_REMOVED_AT_MOST && stop.find(); i++) {
      stop.appendReplacement(kept, "");
    }
    return stop.appendTail(kept).toString();
  }

  static String digitsAndArticles(String text) {
    List<String> words = new ArrayList<>();
    for (String word : PythonText.split(PythonText.lower(text))) {
      String mapped = DIGITS.getOrDefault(word, word);
      if (!ARTICLES.contains(mapped)) {
        words.add(CONTRACTIONS.getOrDefault(mapped, mapped));
      }
    }
    return String.join(" ", words);
  }

  private static Map<String, String> readContractions() {
    Map<String, String> table = new HashMap<>();
    try (InputStream in = VqaAccuracy.class.getResourceAsStream("vqa-contractions.tsv");
         BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        int tab = line.indexOf('\t');
        table.put(line.substring(0, tab), line.substring(tab + 1));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the table of contractions inside the jar cannot be read", e);
    }
    return Map.copyOf(table);
  }
}
