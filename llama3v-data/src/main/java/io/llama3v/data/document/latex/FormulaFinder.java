package io.llama3v.data.document.latex;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the displayed formulas of a LaTeX file: {@code \[ \]}, {@code $$ $$} and the environments equation, align, gather, multline and
 * their starred forms. A file with none of these, and without a document class, is one formula a paragraph.
 */
public final class FormulaFinder {
  private static final Pattern DISPLAY = Pattern.compile("(?<!\\\\)\\\\\\[(.+?)\\\\\\]|\\$\\$(.+?)\\$\\$"
      + "|\\\\begin\\{(equation\\*?|align\\*?|gather\\*?|multline\\*?)\\}(.+?)\\\\end\\{\\3\\}", Pattern.DOTALL);
  private static final Pattern COMMENT = Pattern.compile("(?<!\\\\)%.*");
  private static final Pattern NUMBERING = Pattern.compile("\\\\label\\{[^}]*\\}|\\\\(?:nonumber|notag)(?![A-Za-z])|\\\\tag\\*?\\{[^}]*\\}");

  /**
   * A formula.
   *
   * @param line   where it begins, from 1
   * @param source LaTeX, without what numbers or labels it
   */
  public record Formula(int line, String source) {}

  private FormulaFinder() {}

  /** The formulas in their order. */
  public static List<Formula> find(String tex) {
    String text = COMMENT.matcher(tex.replace("\r\n", "\n")).replaceAll("");
    List<Formula> found = new ArrayList<>();
    for (Matcher m = DISPLAY.matcher(text); m.find();) {
      String environment = m.group(3) == null ? null : m.group(3).replace("*", "");
      String body = m.group(1) != null ? m.group(1) : m.group(2) != null ? m.group(2) : m.group(4);
      String kept = tidy(body);
      if (environment != null && !environment.equals("equation")) {
        kept = "\\begin{" + environment + "}" + kept + "\\end{" + environment + "}";
      }
      add(found, text, m.start(), kept);
    }
    if (found.isEmpty() && !text.contains("\\documentclass")) {
      int at = 0;
      for (String paragraph : text.split("\\n[ \\t]*\\n")) {
        int start = text.indexOf(paragraph, at);
        at = start + paragraph.length();
        add(found, text, start + paragraph.length() - paragraph.stripLeading().length(), tidy(paragraph));
      }
    }
    return found;
  }

  private static void add(List<Formula> found, String text, int at, String formula) {
    if (!formula.isEmpty()) found.add(new Formula(1 + (int) text.substring(0, at).chars().filter(c -> c == '\n').count(), formula));
  }

  private static String tidy(String body) {
    return NUMBERING.matcher(body).replaceAll("").replaceAll("\\s+", " ").strip();
  }
}
