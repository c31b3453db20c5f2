package io.llama3v.data.document.latex;

import io.llama3v.data.document.DocumentException;
import io.llama3v.data.document.MissingLibraryException;
import io.llama3v.data.document.PictureLimits;
import io.llama3v.image.RgbImage;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Insets;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import org.scilab.forge.jlatexmath.TeXConstants;
import org.scilab.forge.jlatexmath.TeXFormula;
import org.scilab.forge.jlatexmath.TeXIcon;

/**
 * Formulas in LaTeX to pictures, in fonts of their own (jlatexmath: GPL with a linking exception; an optional dependency). Safe for use
 * by several threads, of which one at a time draws: jlatexmath keeps its tables in static maps.
 */
public final class FormulaRenderer {
  private static final Object ONE_AT_A_TIME = new Object();
  private static final float SMALLEST = 8;
  private static final int MARGIN = 8;
  private final PictureLimits limits;

  /**
   * A renderer.
   *
   * @throws MissingLibraryException if jlatexmath is not on the class path
   */
  public static FormulaRenderer open(PictureLimits limits) {
    MissingLibraryException.require("LaTeX", "org.scilab.forge:jlatexmath", "documents", "org.scilab.forge.jlatexmath.TeXFormula");
    return new FormulaRenderer(limits);
  }

  private FormulaRenderer(PictureLimits limits) {
    this.limits = limits;
  }

  /**
   * Draws a formula in display style, black on white.
   *
   * @param source  its place in messages
   * @param formula LaTeX without dollars; see {@link FormulaGuard} for what is refused
   * @param size    of the letters, in pixels; made smaller, down to {@value #SMALLEST}, where the picture would be too large
   * @throws DocumentException if it cannot be parsed, does too much, or is too large
   */
  public RgbImage draw(String source, String formula, float size) throws IOException {
    FormulaGuard.check(source, formula);
    synchronized (ONE_AT_A_TIME) {
      try {
        TeXFormula parsed = new TeXFormula(formula);
        TeXIcon icon = icon(parsed, size);
        double factor = Math.min((double) limits.width() / icon.getIconWidth(), (double) limits.height() / icon.getIconHeight());
        if (factor < 1 && size * factor >= SMALLEST) icon = icon(parsed, (float) (size * factor * 0.97));
        limits.check(source, icon.getIconWidth(), icon.getIconHeight());
        return paint(icon);
      } catch (RuntimeException | StackOverflowError broken) {
        throw new DocumentException(source, "broken", "cannot be parsed: " + broken.getMessage() + ", in " + shortened(formula), broken);
      }
    }
  }

  private static TeXIcon icon(TeXFormula formula, float size) {
    TeXIcon icon = formula.createTeXIcon(TeXConstants.STYLE_DISPLAY, size);
    icon.setInsets(new Insets(MARGIN, MARGIN, MARGIN, MARGIN));
    icon.setForeground(Color.BLACK);
    return icon;
  }

  private static RgbImage paint(TeXIcon icon) {
    BufferedImage image = new BufferedImage(icon.getIconWidth(), icon.getIconHeight(), BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    try {
      graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      graphics.setColor(Color.WHITE);
      graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
      icon.paintIcon(null, graphics, 0, 0);
    } finally {
      graphics.dispose();
    }
    return RgbImage.of(image);
  }

  private static String shortened(String formula) {
    return "'" + (formula.length() <= 60 ? formula : formula.substring(0, 57) + "...") + "'";
  }
}
