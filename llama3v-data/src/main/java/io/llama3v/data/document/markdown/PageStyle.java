package io.llama3v.data.document.markdown;

import io.llama3v.data.corpus.Draw;
import java.util.List;

/** How Markdown looks as a page: fonts, colours, rules of tables. */
public record PageStyle(String css) {
  private static final List<String> FAMILIES = List.of("sans-serif", "serif");
  private static final List<String[]> COLOURS = List.of(new String[] {"#ffffff", "#1b1b1b", "#e8edf3"}, new String[] {"#ffffff", "#000000", "#f2f2f2"},
      new String[] {"#fdf9f0", "#2b2b2b", "#eee3cc"}, new String[] {"#f4f8fb", "#10243b", "#d5e3ee"}, new String[] {"#20242b", "#e9edf2", "#343b46"});
  private static final List<String> TABLES = List.of("td, th { border: 1px solid RULE; }", "td, th { border-bottom: 1px solid RULE; }",
      "tr:nth-child(even) td { background: FILL; } th { border-bottom: 2px solid RULE; }", "th { background: FILL; } td, th { border: 1px solid FILL; }");

  /** A style at random. */
  public static PageStyle draw(Draw draw) {
    String[] colours = draw.of(COLOURS);
    int size = draw.between(13, 17);
    String table = draw.of(TABLES).replace("RULE", colours[1]).replace("FILL", colours[2]);
    return new PageStyle("body { margin: 16px; background: %s; color: %s; font: %dpx/1.35 %s; } table { border-collapse: collapse; margin: 8px 0; }"
        .formatted(colours[0], colours[1], size, draw.of(FAMILIES)) + " td, th { padding: " + draw.between(2, 7) + "px " + draw.between(5, 12)
        + "px; } th { font-weight: bold; } h1 { font-size: 150%; } h2 { font-size: 125%; } pre, code { font-family: monospace;"
        + " background: " + colours[2] + "; } pre { padding: 6px; } blockquote { margin-left: 12px; padding-left: 8px; border-left: 3px solid "
        + colours[2] + "; } " + table);
  }

  /** A page of HTML around some blocks. */
  public String page(String body) {
    return "<!DOCTYPE html><html><head><style>" + css + "</style></head><body>" + body + "</body></html>";
  }
}
