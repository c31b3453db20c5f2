package io.llama3v.data.document.markdown;

import io.llama3v.data.document.DocumentException;
import io.llama3v.data.document.MissingLibraryException;
import java.util.ArrayList;
import java.util.List;
import org.commonmark.ext.gfm.tables.TableBlock;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.Node;
import org.commonmark.node.SourceSpan;
import org.commonmark.parser.IncludeSourceSpans;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;

/** The top-level blocks of a Markdown text (CommonMark with tables), each with its source and as HTML. */
public final class MarkdownParts {
  private static final int MAX_DEPTH = 40;

  /**
   * A block: a heading, a paragraph, a list, a table.
   *
   * @param line   where it begins, from 1
   * @param table  whether it is a table
   * @param source its Markdown
   * @param html   what it is drawn from; HTML in the Markdown is shown as text
   */
  public record Part(int line, boolean table, String source, String html) {}

  private MarkdownParts() {}

  /**
   * Parses a text.
   *
   * @throws DocumentException       if blocks are nested too deeply
   * @throws MissingLibraryException if commonmark is not on the class path
   */
  public static List<Part> of(String source, String markdown) throws DocumentException {
    MissingLibraryException.require("Markdown", "org.commonmark:commonmark", null, "org.commonmark.parser.Parser");
    MissingLibraryException.require("Markdown", "org.commonmark:commonmark-ext-gfm-tables", null, "org.commonmark.ext.gfm.tables.TablesExtension");
    String text = markdown.replace("\r\n", "\n").replace('\r', '\n');
    List<TablesExtension> tables = List.of((TablesExtension) TablesExtension.create());
    Parser parser = Parser.builder().extensions(tables).includeSourceSpans(IncludeSourceSpans.BLOCKS).build();
    HtmlRenderer renderer = HtmlRenderer.builder().extensions(tables).escapeHtml(true).sanitizeUrls(true).build();
    List<Part> parts = new ArrayList<>();
    String[] lines = text.split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      // Every quoted line is offered to every quotation that is open.
      if (lines[i].chars().takeWhile(c -> c == '>' || c == ' ' || c == '\t').filter(c -> c == '>').count() > MAX_DEPTH) {
        throw new DocumentException(source, "too large", "line " + (i + 1) + " has more than " + MAX_DEPTH + " quotations inside each other");
      }
    }
    try {
      for (Node block = parser.parse(text).getFirstChild(); block != null; block = block.getNext()) {
        List<SourceSpan> spans = block.getSourceSpans();
        if (spans.isEmpty()) continue;
        int first = spans.get(0).getLineIndex();
        int last = spans.get(spans.size() - 1).getLineIndex();
        parts.add(new Part(first + 1, block instanceof TableBlock, String.join("\n", List.of(lines).subList(first, last + 1)).strip(),
            renderer.render(block)));
      }
    } catch (StackOverflowError deep) {
      throw new DocumentException(source, "too large", "its blocks are nested too deeply", deep);
    }
    return parts;
  }
}
