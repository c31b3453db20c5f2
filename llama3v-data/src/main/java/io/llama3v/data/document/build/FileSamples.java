package io.llama3v.data.document.build;

import io.llama3v.data.corpus.Draw;
import io.llama3v.data.document.DocumentException;
import io.llama3v.data.document.DocumentFonts;
import io.llama3v.data.document.Page;
import io.llama3v.data.document.PictureLimits;
import io.llama3v.data.document.SourceFile;
import io.llama3v.data.document.grounding.Targets;
import io.llama3v.data.document.html.HtmlRenderer;
import io.llama3v.data.document.latex.FormulaFinder;
import io.llama3v.data.document.latex.FormulaRenderer;
import io.llama3v.data.document.markdown.MarkdownParts;
import io.llama3v.data.document.markdown.PageStyle;
import io.llama3v.data.document.pdf.PdfFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Makes the samples of one source file. Safe for use by several threads. */
final class FileSamples {
  private static final List<String> READ = List.of("Transcribe the text of the page.", "What does the page say?", "Write down all the text in the picture.");
  private static final List<String> MARKDOWN = List.of("Transcribe the page as Markdown.", "Write the page in Markdown.");
  private static final List<String> TABLE = List.of("Write the table in Markdown.", "Transcribe the table as Markdown.");
  private static final List<String> FORMULA = List.of("Write the formula in LaTeX.", "Which LaTeX code makes this formula?", "Transcribe the formula as LaTeX.");
  private final DocumentsConfig config;
  private final DocumentFonts fonts;
  private final PictureLimits limits;
  private final PageSamples samples;

  FileSamples(DocumentsConfig config, DocumentFonts fonts) {
    this.config = config;
    this.fonts = fonts;
    this.limits = config.picture().limits();
    this.samples = new PageSamples(config);
  }

  /** All that a file gives; what cannot be used is left out and told. */
  Made make(int number, Path file) throws IOException {
    Made made = new Made(number);
    // By the file's name, so that a file more or less in the folder does not change the others' samples.
    Draw draw = new Draw(config.seed(), "document " + file.getFileName(), 0);
    try {
      switch (Sources.extension(file)) {
        case "pdf" -> pdf(made, draw, file);
        case "tex" -> tex(made, draw, file);
        case "md" -> markdown(made, draw, file);
        default -> html(made, draw, file);
      }
    } catch (DocumentException unusable) {
      made.skip(file.toString(), unusable.reason(), unusable.getMessage());
    }
    return made;
  }

  private void pdf(Made made, Draw draw, Path file) throws IOException {
    try (PdfFile pdf = PdfFile.open(file)) {
      int pages = pdf.pages();
      for (int i = 0; i < Math.min(pages, config.maxPages()); i++) {
        String source = file + ", page " + (i + 1);
        try {
          Page page = pdf.page(i, limits);
          samples.text(made, draw, "page", source, page.image(), page.text(), READ, page);
          samples.places(made, draw, source, page.image(), Targets.of(page, config.box()));
        } catch (DocumentException unusable) {
          made.skip(source, unusable.reason(), unusable.getMessage());
        }
      }
      if (pages > config.maxPages()) {
        made.skip(file.toString(), "too many pages", "has " + pages + " pages, of which " + config.maxPages() + " were taken; raise 'max_pages'");
      }
    }
  }

  private void html(Made made, Draw draw, Path file) throws IOException {
    List<Page> pages = HtmlRenderer.open(fonts, limits).pages(file.toString(), SourceFile.text(file));
    for (int i = 0; i < pages.size(); i++) {
      Page page = pages.get(i);
      String source = file + ", part " + (i + 1);
      samples.text(made, draw, "page", source, page.image(), page.text(), READ, page);
      samples.code(made, draw, source, page);
      samples.places(made, draw, source, page.image(), Targets.of(page, config.box()));
    }
  }

  private void tex(Made made, Draw draw, Path file) throws IOException {
    FormulaRenderer renderer = FormulaRenderer.open(limits);
    List<FormulaFinder.Formula> formulas = FormulaFinder.find(SourceFile.text(file));
    if (formulas.isEmpty()) made.skip(file.toString(), "no text", "holds no displayed formula; expected \\[ \\], $$ $$, equation, align, gather or multline");
    for (FormulaFinder.Formula formula : formulas) {
      String source = file + ":" + formula.line();
      try {
        samples.text(made, draw, "formula", source, renderer.draw(source, formula.source(), draw.between(18, 30)), formula.source(), FORMULA, null);
      } catch (DocumentException unusable) {
        made.skip(source, unusable.reason(), unusable.getMessage());
      }
    }
  }

  private void markdown(Made made, Draw draw, Path file) throws IOException {
    List<MarkdownParts.Part> parts = MarkdownParts.of(file.toString(), SourceFile.text(file));
    HtmlRenderer renderer = HtmlRenderer.open(fonts, limits);
    PageStyle style = PageStyle.draw(draw);
    List<MarkdownParts.Part> group = new ArrayList<>();
    int height = 0;
    for (MarkdownParts.Part part : parts) {
      String source = file + ":" + part.line();
      Page alone;
      try {
        alone = renderer.whole(source, style.page(part.html()));
      } catch (DocumentException unusable) {
        made.skip(source, unusable.reason(), unusable.getMessage());
        continue;
      }
      if (alone.image().height() > limits.height()) {
        made.skip(source, "too large", "is drawn " + alone.image().height() + " pixels high; expected at most " + limits.height());
        continue;
      }
      if (part.table()) samples.text(made, draw, "table", source, alone.image(), part.source(), TABLE, alone);
      if (height + alone.image().height() > limits.height()) {
        page(made, draw, file, renderer, style, group);
        group.clear();
        height = 0;
      }
      group.add(part);
      height += alone.image().height(); // an upper bound: margins between blocks collapse
    }
    page(made, draw, file, renderer, style, group);
  }

  private void page(Made made, Draw draw, Path file, HtmlRenderer renderer, PageStyle style, List<MarkdownParts.Part> group) throws IOException {
    if (group.isEmpty() || group.size() == 1 && group.get(0).table()) return; // the table alone was made already
    String source = file + ":" + group.get(0).line();
    Page page = renderer.whole(source, style.page(String.join("", group.stream().map(MarkdownParts.Part::html).toList())));
    String text = String.join("\n\n", group.stream().map(MarkdownParts.Part::source).toList());
    samples.text(made, draw, "markdown", source, page.image(), text, MARKDOWN, page);
    samples.places(made, draw, source, page.image(), Targets.of(page, config.box()));
  }
}
