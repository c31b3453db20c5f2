package io.llama3v.train.eval;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * MMMU's scoring of open questions (Yue et al. 2024).
 *
 * <p>From each line of the answer the shortest tail after a phrase such as "is " or "answer " is taken (in the last line also after
 * "="), or the whole answer where there is none; the numbers in these tails are added. Numbers are rounded to two decimals and must be
 * equal; of strings, an accepted answer must occur inside. A single character is looked for with a blank before or after it. As in the
 * original the text is lower-cased before it would be parted at ". Capital", so sentences of one line stay together.
 */
public final class OpenAnswer {
  private static final List<String> INDICATORS =
      List.of("could be ", "so ", "is ", "thus ", "therefore ", "final ", "answer ", "result ");
  private static final Set<String> TRIVIAL = Set.of(":", ",", ".", "!", "?", ";", "'");
  private static final List<Pattern> NUMBERS = List.of(
      Pattern.compile("-?\\b\\d{1,3}(?:,\\d{3})+\\b"),
      Pattern.compile("-?\\d+(?:\\.\\d+)?[eE][+-]?\\d+"),
      Pattern.compile("-?(?:\\d+\\.\\d+|\\.\\d+|\\d+\\b)(?![eE][+-]?\\d+)(?![,\\d])"));

  private OpenAnswer() { }

  /** Whether the response holds one of the accepted answers. */
  public static boolean matches(String response, List<String> answers) {
    Set<Object> accepted = new LinkedHashSet<>();
    answers.forEach(answer -> accepted.addAll(normalize(answer)));
    for (Object candidate : candidates(response)) {
      if (candidate instanceof String text) {
        if (accepted.stream().anyMatch(a -> a instanceof String s && text.contains(s))) {
          return true;
        }
      } else if (!Double.isNaN((Double) candidate) && accepted.contains(candidate)) {
        return true;
      }
    }
    return false;
  }

  /** The strings and numbers that the response may mean: {@code String} or {@code Double}. */
  static Set<Object> candidates(String response) {
    List<String> tails = tails(response);
    List<String> all = new ArrayList<>(tails);
    for (String tail : tails) {
      for (Pattern pattern : NUMBERS) {
        Matcher matcher = pattern.matcher(tail);
        while (matcher.find()) {
          all.add(matcher.group());
        }
      }
    }
    Set<Object> normalized = new LinkedHashSet<>();
    all.forEach(text -> normalized.addAll(normalize(text)));
    return normalized;
  }

  private static List<String> tails(String response) {
    String text = PythonText.lower(PythonText.strip(PythonText.strip(response), '.'));
    String[] lines = text.split("\n", -1);
    List<String> tails = new ArrayList<>();
    for (int i = 0; i < lines.length; i++) {
      List<String> indicators = new ArrayList<>(INDICATORS);
      if (i == lines.length - 1) {
        indicators.add("=");
      }
      String shortest = "";
      for (String indicator : indicators) {
        int at = lines[i].lastIndexOf(indicator);
        if (at >= 0) {
          String tail = PythonText.strip(lines[i].substring(at + indicator.length()));
          // As in the original, an empty tail (the phrase ends the line) beats a longer one, and the next phrase then replaces it.
          shortest = shortest.isEmpty() || PythonText.length(tail) < PythonText.length(shortest) ? tail : shortest;
        }
      }
      if (!shortest.isEmpty() && !TRIVIAL.contains(shortest)) {
        tails.add(shortest);
      }
    }
    return tails.isEmpty() ? List.of(text) : tails;
  }

  private static List<Object> normalize(String raw) {
    String text = PythonText.strip(raw);
    OptionalDouble number = PythonText.parseFloat(text.replace(",", ""));
    if (number.isPresent()) {
      double value = number.getAsDouble();
      // 0.0 and -0.0 are equal numbers but unequal objects.
      return List.of(Double.isFinite(value)
          ? new BigDecimal(value).setScale(2, RoundingMode.HALF_EVEN).doubleValue() + 0.0 : value);
    }
    String lower = PythonText.lower(text);
    return PythonText.length(lower) == 1 ? List.of(" " + lower, lower + " ") : List.of(lower);
  }
}
