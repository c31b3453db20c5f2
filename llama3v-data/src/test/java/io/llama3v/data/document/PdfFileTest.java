package io.llama3v.data.document;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.data.document.pdf.PdfFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.DeflaterOutputStream;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.cos.COSStream;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.PDResources;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.encryption.AccessPermission;
import org.apache.pdfbox.pdmodel.encryption.StandardProtectionPolicy;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PdfFileTest {
  private static final PictureLimits LIMITS = new PictureLimits(400, 400);
  @TempDir
  private Path folder;

  private interface Change {
    void apply(PDDocument document, PDPage page) throws IOException;
  }

  private Path pdf(PDRectangle size, int rotation, Change change) throws IOException {
    Path file = folder.resolve("test.pdf");
    try (PDDocument document = new PDDocument()) {
      PDPage page = new PDPage(size);
      page.setRotation(rotation);
      document.addPage(page);
      try (PDPageContentStream content = new PDPageContentStream(document, page)) {
        content.beginText();
        content.setFont(new PDType1Font(Standard14Fonts.FontName.HELVETICA), 14);
        content.newLineAtOffset(20, 150);
        content.showText("Jolly pigs quietly");
        content.newLineAtOffset(0, -30);
        content.showText("graze, 42 of them");
        content.endText();
      }
      change.apply(document, page);
      document.save(file.toFile());
    }
    return file;
  }

  private Page first(Path file) throws IOException {
    try (PdfFile pdf = PdfFile.open(file)) {
      return pdf.page(0, LIMITS);
    }
  }

  private String refused(Path file) {
    return assertThrows(DocumentException.class, () -> first(file)).reason();
  }

  @Test
  void textIsThatOfThePageAndItsInkIsInTheBoxes() throws IOException {
    Page page = first(pdf(new PDRectangle(200, 200), 0, (d, p) -> { }));
    assertEquals("Jolly pigs quietly\ngraze, 42 of them", page.text());
    assertEquals(400, page.image().width());
    assertEquals(7, page.words().size());
    int all = 0;
    for (TextBox word : page.words()) {
      int ink = Pixels.count(page.image(), word.box(), Pixels::dark);
      assertTrue(ink > 10, word.toString());
      all += ink;
    }
    // Every dark pixel lies in one box, and none in two.
    assertEquals(Pixels.count(page.image(), Pixels::dark), all);
    assertEquals("pigs", page.words().get(1).text());
  }

  @Test
  void turnedPagesHaveTheirBoxesTurned() throws IOException {
    for (int turn : new int[] {90, 180, 270}) {
      Page page = first(pdf(new PDRectangle(200, 200), turn, (d, p) -> {
        try (PDPageContentStream content = new PDPageContentStream(d, p, PDPageContentStream.AppendMode.OVERWRITE, false)) {
          content.transform(org.apache.pdfbox.util.Matrix.getRotateInstance(Math.toRadians(turn), turn == 270 ? 0 : 200, turn == 90 ? 0 : 200));
          content.beginText();
          content.setFont(new PDType1Font(Standard14Fonts.FontName.HELVETICA), 14);
          content.newLineAtOffset(20, 150);
          content.showText("upright");
          content.endText();
        }
      }));
      assertEquals("upright", page.text());
      Box ink = Pixels.around(page.image(), Pixels::dark);
      assertTrue(ink.width() > ink.height(), "on its side when turned by " + turn + ": " + ink);
      assertTrue(page.words().get(0).box().contains(ink), page.words() + " and ink in " + ink);
    }
  }

  @Test
  void hugePagesAreScaledToThePicture() throws IOException {
    Page page = first(pdf(new PDRectangle(14_000, 7_000), 0, (d, p) -> { }));
    assertEquals(400, page.image().width());
    assertEquals(200, page.image().height());
    assertEquals("too large", refused(pdf(new PDRectangle(1_000_000, 1), 0, (d, p) -> { })));
  }

  @Test
  void lockedAndBrokenFilesAreTold() throws IOException {
    assertEquals("encrypted", refused(pdf(new PDRectangle(200, 200), 0, (d, p) -> d.protect(new StandardProtectionPolicy("owner", "user", new AccessPermission())))));
    AccessPermission none = new AccessPermission();
    none.setCanExtractContent(false);
    assertEquals("encrypted", refused(pdf(new PDRectangle(200, 200), 0, (d, p) -> d.protect(new StandardProtectionPolicy("owner", "", none)))));
    Path broken = folder.resolve("broken.pdf");
    Files.writeString(broken, "%PDF-1.7\nnothing of the kind");
    assertEquals("broken", refused(broken));
    Files.write(broken, new byte[0]);
    assertEquals("broken", refused(broken));
    byte[] whole = Files.readAllBytes(pdf(new PDRectangle(200, 200), 0, (d, p) -> { }));
    for (int length = 0; length < whole.length; length += 37) { // never anything but a typed error, or what can still be read
      Files.write(broken, Arrays.copyOf(whole, length));
      try {
        first(broken);
      } catch (DocumentException expected) {
        assertTrue(expected.getMessage().contains("broken.pdf"), expected.getMessage());
      }
    }
  }

  @Test
  void picturesThatStateHugeSizesAndStreamsThatUnpackToTooMuchAreRefused() throws IOException {
    assertEquals("too large", refused(pdf(new PDRectangle(200, 200), 0, (d, p) -> {
      COSStream image = d.getDocument().createCOSStream();
      image.setItem(COSName.TYPE, COSName.XOBJECT);
      image.setItem(COSName.SUBTYPE, COSName.IMAGE);
      image.setInt(COSName.WIDTH, 60_000);
      image.setInt(COSName.HEIGHT, 60_000);
      image.setInt(COSName.BITS_PER_COMPONENT, 8);
      image.setItem(COSName.COLORSPACE, COSName.DEVICERGB);
      resources(p).getCOSObject().setItem(COSName.XOBJECT, new org.apache.pdfbox.cos.COSDictionary());
      ((org.apache.pdfbox.cos.COSDictionary) resources(p).getCOSObject().getDictionaryObject(COSName.XOBJECT)).setItem(COSName.getPDFName("I"), image);
    })));
    assertEquals("too large", refused(pdf(new PDRectangle(200, 200), 0, (d, p) -> {
      COSStream bomb = d.getDocument().createCOSStream();
      bomb.setItem(COSName.FILTER, COSName.FLATE_DECODE);
      try (var raw = bomb.createRawOutputStream()) {
        raw.write(deflated(300L << 20));
      }
      p.getCOSObject().setItem(COSName.CONTENTS, bomb);
    })));
  }

  private static PDResources resources(PDPage page) {
    return page.getResources();
  }

  private static byte[] deflated(long zeros) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(bytes)) {
      byte[] chunk = new byte[1 << 20];
      for (long i = 0; i < zeros; i += chunk.length) out.write(chunk);
    }
    return bytes.toByteArray();
  }
}
