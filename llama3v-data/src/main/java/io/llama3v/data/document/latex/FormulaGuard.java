package io.llama3v.data.document.latex;

import io.llama3v.data.document.DocumentException;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Refuses formulas that define commands (a macro that calls itself never ends, and one that calls itself twice fills the memory), that
 * read files, that change what later formulas look like, or that repeat something a great many times.
 */
final class FormulaGuard {
  static final int MAX_LENGTH = 2_000;
  static final int MAX_DEPTH = 40;
  private static final int MAX_REPEAT = 100;
  private static final Set<String> REFUSED = Set.of("newcommand", "renewcommand", "providecommand", "newenvironment", "renewenvironment", "def", "edef",
      "gdef", "xdef", "let", "catcode", "csname", "loop", "input", "include", "includegraphics", "usepackage", "documentclass", "read", "write",
      "openin", "openout", "makeatletter", "makeatother", "definecolor", "jlmDynamic", "jlmExternalFont", "jlmXML", "DeclareMathSizes",
      "DeclareMathOperator", "magnification", "romannumeral", "Romannumeral", "roman", "Roman", "char", "GeoGebra");
  private static final Pattern COMMAND = Pattern.compile("\\\\([A-Za-z]+)");
  private static final Pattern REPEAT = Pattern.compile("(?:\\*|\\\\multicolumn|\\\\hdotsfor(?:\\s*\\[[^]]*\\])?)\\s*\\{?\\s*(\\d+)");

  private FormulaGuard() {}

  /** @throws DocumentException if the formula is refused */
  static void check(String source, String formula) throws DocumentException {
    if (formula.isBlank()) throw new DocumentException(source, "empty", "is empty; expected a formula");
    if (formula.length() > MAX_LENGTH) {
      throw new DocumentException(source, "too large", "has " + formula.length() + " characters; expected at most " + MAX_LENGTH);
    }
    int depth = 0;
    int deepest = 0;
    boolean closedTooOften = false;
    for (int i = 0; i < formula.length(); i++) {
      char c = formula.charAt(i);
      if (c == '\\') {
        i++; // \{ and \} are letters
        continue;
      }
      depth += c == '{' ? 1 : c == '}' ? -1 : 0;
      deepest = Math.max(deepest, depth);
      closedTooOften |= depth < 0;
    }
    if (depth != 0 || closedTooOften) throw new DocumentException(source, "broken", "has braces that do not match; expected a } for each {");
    if (deepest > MAX_DEPTH) throw new DocumentException(source, "too large", "has " + deepest + " braces inside each other; expected at most " + MAX_DEPTH);
    for (Matcher m = COMMAND.matcher(formula); m.find();) {
      if (REFUSED.contains(m.group(1))) {
        throw new DocumentException(source, "refused", "uses \\" + m.group(1) + ", which defines, reads or changes something; write the formula out");
      }
    }
    for (Matcher m = REPEAT.matcher(formula); m.find();) {
      if (m.group().startsWith("*") && !m.group().contains("{")) continue; // a product, not a repetition of columns
      if (m.group(1).length() > 9 || Integer.parseInt(m.group(1)) > MAX_REPEAT) {
        throw new DocumentException(source, "too large", "repeats something " + m.group(1) + " times; expected at most " + MAX_REPEAT);
      }
    }
  }
}
