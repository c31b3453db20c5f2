package io.llama3v.data.document;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.data.document.latex.FormulaFinder;
import io.llama3v.data.document.latex.FormulaRenderer;
import io.llama3v.image.RgbImage;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FormulaTest {
  private final FormulaRenderer renderer = FormulaRenderer.open(new PictureLimits(400, 200));

  @Test
  void formulasAreDrawnWithinTheirMargin() throws IOException {
    RgbImage image = renderer.draw("test", "\\frac{a}{b} + \\sqrt{c}", 24);
    Box ink = Pixels.around(image, Pixels::dark);
    assertTrue(ink.left() >= 6 && ink.top() >= 6 && ink.right() <= image.width() - 6 && ink.bottom() <= image.height() - 6, ink + " in " + image);
    assertEquals(image, renderer.draw("test", "\\frac{a}{b} + \\sqrt{c}", 24));
    assertTrue(renderer.draw("test", "a+b+c+d+e+f+g+h+i+j+k+l+m+n+o+p+q+r+s+t+u+v+w", 30).width() <= 400, "made to fit");
  }

  @ParameterizedTest
  @CsvSource({"refused, \\newcommand{\\a}{\\a\\a}\\a", "refused, \\includegraphics{/etc/hostname}", "refused, \\def\\x{1}", "refused, \\romannumeral 999999999",
      "too large, \\begin{array}{*{1000000}{c}}a\\end{array}", "too large, \\multicolumn{99999999}{c}{a}", "too large, a\\hspace{100000cm}b",
      "too large, \\scalebox{1000000}{a}", "broken, \\frac{a}{", "broken, \\nosuchcommand"})
  void whatIsHostileOrWrongIsTold(String reason, String formula) {
    assertEquals(reason, assertThrows(DocumentException.class, () -> renderer.draw("bad.tex:3", formula, 20)).reason());
  }

  @ParameterizedTest
  @ValueSource(ints = {41, 5_000})
  void deepAndLongFormulasAreRefused(int depth) {
    assertEquals("too large", assertThrows(DocumentException.class, () -> renderer.draw("deep", "{".repeat(depth) + "a" + "}".repeat(depth), 20)).reason());
  }

  @Test
  void displayedFormulasAreFoundWithTheirLines() {
    List<FormulaFinder.Formula> found = FormulaFinder.find("""
        Text with $a$ inline. % \\[ not this \\]
        \\[ x^2
           = 4 \\]
        \\begin{equation*}\\label{one} y \\nonumber \\end{equation*}
        $$z$$ and \\\\[2pt] no formula
        \\begin{align} a &= b \\\\ c &= d \\end{align}
        """);
    assertEquals(List.of(new FormulaFinder.Formula(2, "x^2 = 4"), new FormulaFinder.Formula(4, "y"), new FormulaFinder.Formula(5, "z"),
        new FormulaFinder.Formula(6, "\\begin{align}a &= b \\\\ c &= d\\end{align}")), found);
    assertEquals(List.of(new FormulaFinder.Formula(1, "a + b"), new FormulaFinder.Formula(3, "c")), FormulaFinder.find("a + b\n\nc\n"));
  }
}
