package io.llama3v.data.document;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.data.corpus.Draw;
import io.llama3v.data.document.grounding.BoxText;
import io.llama3v.data.document.grounding.GroundingTurns;
import io.llama3v.data.document.grounding.Marks;
import io.llama3v.data.document.grounding.Outline;
import io.llama3v.data.document.grounding.Target;
import io.llama3v.image.RgbImage;
import java.util.List;
import org.junit.jupiter.api.Test;

class GroundingTest {
  private final BoxText text = new BoxText(null, null, 0);

  @Test
  void boxesComeBackOutOfTheirText() {
    assertEquals("<box>(0.125,0.250,0.500,0.750)</box>", text.write(new Box(50, 50, 200, 150), 400, 200));
    for (int n = 0; n < 2_000; n++) {
      Draw draw = new Draw(5, "boxes", n);
      int width = draw.between(16, 500);
      int height = draw.between(16, 500);
      int left = draw.below(width);
      int top = draw.below(height);
      Box box = new Box(left, top, draw.between(left + 1, width), draw.between(top + 1, height));
      List<BoxText.Fractions> read = text.read("It is here: " + text.write(box, width, height) + ", I think.");
      assertEquals(1, read.size());
      assertEquals(box, read.get(0).on(width, height)); // 0.0005 of 500 pixels is a quarter of one
    }
  }

  @Test
  void onlyWellFormedBoxesAreRead() {
    assertEquals(List.of(new BoxText.Fractions(0.1, 0.2, 0.3, 0.4), new BoxText.Fractions(0, 0, 1, 1)),
        text.read("<box>(0.1, 0.2, 0.3, 0.4)</box> <box>(0.5,0.2,0.3,0.4)</box> <box>(0.1,0.2,0.3)</box> (0.1,0.2,0.3,0.4) <box>(0,0,1,1)</box>"
            + "<box>(0.1,0.2,0.3,7)</box><box>(1.5,0,1,1)</box>"));
    BoxText own = new BoxText("<|reserved_special_token_2|>", "<|reserved_special_token_3|>", 2);
    assertEquals("<|reserved_special_token_2|>(0.50,0.00,1.00,1.00)<|reserved_special_token_3|>", own.write(new Box(5, 0, 10, 4), 10, 4));
    assertEquals(1, own.read(own.write(new Box(5, 0, 10, 4), 10, 4)).size());
    assertTrue(own.occursIn("a <|reserved_special_token_3|>"));
    assertFalse(own.occursIn("a <box>"));
    assertThrows(IllegalArgumentException.class, () -> new BoxText("x", "x", 3));
  }

  @Test
  void framesLieAroundTheirBox() {
    Box box = new Box(10, 12, 30, 25);
    RgbImage framed = Outline.around(RgbImage.filled(50, 40, 0xffffff), box, 0xff0000, 2);
    assertEquals(0, Pixels.count(framed, box, p -> p == 0xff0000));
    assertEquals(new Box(8, 10, 32, 27), Pixels.around(framed, p -> p == 0xff0000));
    assertEquals(24 * 17 - 20 * 13, Pixels.count(framed, p -> p == 0xff0000));
    assertEquals(new Box(0, 0, 50, 40), Pixels.around(Outline.around(RgbImage.filled(50, 40, 0), new Box(0, 0, 50, 40), 0xff0000, 2), p -> p == 0xff0000));
  }

  @Test
  void everyMarkIsWrittenInItsPlaceAndHidesNoOther() {
    List<Box> boxes = List.of(new Box(5, 5, 60, 60), new Box(70, 5, 120, 40), new Box(5, 70, 12, 76), new Box(6, 71, 90, 110));
    Marks.Marked marked = new Marks().draw(RgbImage.filled(128, 128, 0x808080), boxes);
    assertEquals(4, marked.marks().size());
    for (int i = 0; i < 4; i++) {
      Box mark = marked.marks().get(i);
      assertTrue(Pixels.count(marked.image(), mark, p -> p == 0xffffff) >= 5, "number " + (i + 1));
      for (int j = 0; j < i; j++) assertFalse(mark.overlaps(marked.marks().get(j)));
    }
    assertTrue(boxes.get(0).contains(marked.marks().get(0)));
    assertFalse(marked.marks().get(2).overlaps(boxes.get(2)), "a number on a small box would hide it");
    int inMarks = marked.marks().stream().mapToInt(m -> Pixels.count(marked.image(), m, p -> p == 0xffffff)).sum();
    assertEquals(inMarks, Pixels.count(marked.image(), p -> p == 0xffffff));
    assertThrows(IllegalArgumentException.class, () -> new Marks().draw(RgbImage.filled(4, 4, 0), List.of(new Box(0, 0, 2, 2))));
  }

  @Test
  void turnsAgreeWithTheTargets() {
    List<Target> targets = List.of(new Target("red house", false, new Box(0, 0, 10, 10)), new Target("Fares", true, new Box(20, 10, 40, 20)));
    for (int n = 0; n < 50; n++) {
      for (Turn turn : GroundingTurns.boxes(new Draw(1, "turns", n), targets, text, 40, 20)) {
        switch (turn.kind()) {
          case "where" -> assertEquals(turn.question().contains("red house") ? new Box(0, 0, 10, 10) : new Box(20, 10, 40, 20), text.read(turn.answer()).get(0).on(40, 20));
          case "what" -> assertEquals(text.read(turn.question()).get(0).on(40, 20).left() == 0 ? "red house" : "Fares", turn.answer());
          default -> assertEquals("red house <box>(0.000,0.000,0.250,0.500)</box>, \"Fares\" <box>(0.500,0.500,1.000,1.000)</box>", turn.answer());
        }
      }
      for (Turn turn : GroundingTurns.marks(new Draw(1, "turns", n), targets)) {
        switch (turn.kind()) {
          case "mark" -> assertEquals(turn.question().contains("red house") ? "1" : "2", turn.answer());
          case "marked" -> assertEquals(turn.question().contains("1") ? "red house" : "Fares", turn.answer());
          default -> assertEquals("1: red house\n2: Fares", turn.answer());
        }
      }
    }
  }
}
