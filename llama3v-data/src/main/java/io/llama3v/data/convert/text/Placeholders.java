package io.llama3v.data.convert.text;

import io.llama3v.data.convert.Task;
import io.llama3v.data.document.grounding.BoxText;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What stands for {@code {name}} in a template. Braces in the data stay as they are. */
final class Placeholders {
  private static final Pattern NAME = Pattern.compile("\\{([A-Za-z_]+)}");

  /** As documents write them: one notation in all data. */
  private static final BoxText BOXES = new BoxText(null, null, 0);

  private Placeholders() {}

  /** The values of a task; {@code draw} chooses where it has several. */
  static Map<String, String> of(Task task, long draw) {
    Map<String, String> v = new HashMap<>();
    if (task instanceof Task.ShortAnswer s) {
      v.put("question", s.question());
      v.put("answer", s.answer());
      v.put("Answer", large(s.answer()));
      if (s.sentence() != null) v.put("sentence", s.sentence());
    } else if (task instanceof Task.Choice c) {
      v.put("question", c.question());
      v.put("options", lines(c.options()));
      v.put("inline_options", inline(c.options()));
      v.put("letter", letter(c.right()));
      v.put("option", c.options().get(c.right()));
      if (c.context() != null) v.put("context", c.context());
      if (c.rationale() != null) v.put("rationale", c.rationale());
    } else if (task instanceof Task.Caption c) {
      v.put("caption", c.captions().get((int) Long.remainderUnsigned(draw, c.captions().size())));
    } else if (task instanceof Task.Region r) {
      v.put("phrase", r.phrase());
      v.put("Phrase", large(r.phrase()));
      v.put("box", BOXES.write(r.box()));
    }
    return v;
  }

  static boolean fills(String template, Map<String, String> values) {
    return NAME.matcher(template).results().allMatch(m -> values.containsKey(m.group(1)));
  }

  static String fill(String template, Map<String, String> values) {
    return NAME.matcher(template).replaceAll(m -> Matcher.quoteReplacement(values.get(m.group(1))));
  }

  static String letter(int option) {
    return String.valueOf((char) ('A' + option));
  }

  /** "A. …" a line. */
  static String lines(List<String> options) {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < options.size(); i++) all.append(i == 0 ? "" : "\n").append(letter(i)).append(". ").append(options.get(i));
    return all.toString();
  }

  private static String inline(List<String> options) {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < options.size(); i++) all.append(i == 0 ? "" : " ").append('(').append(letter(i)).append(") ").append(options.get(i));
    return all.toString();
  }

  private static String large(String text) {
    String bare = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    if (bare.isEmpty()) return text;
    int first = bare.codePointAt(0);
    return new StringBuilder().appendCodePoint(Character.toTitleCase(first)).append(bare.substring(Character.charCount(first))).toString();
  }
}
