package io.llama3v.data.document.grounding;

import io.llama3v.data.corpus.Draw;
import io.llama3v.data.document.Turn;
import java.util.ArrayList;
import java.util.List;

/** Questions and answers that tie words to places. */
public final class GroundingTurns {
  private GroundingTurns() {}

  /** Each target once: its name is given and its box is asked for, or the other way round; for several, one answer that lists them all. */
  public static List<Turn> boxes(Draw draw, List<Target> targets, BoxText boxes, int width, int height) {
    List<Turn> turns = new ArrayList<>();
    for (Target target : targets) {
      String box = boxes.write(target.box(), width, height);
      if (draw.chance(0.6)) {
        turns.add(new Turn("where", draw.of(List.of("Where is %s?", "Give the box of %s.", "Locate %s.")).formatted(target.phrase()), box));
      } else {
        turns.add(new Turn("what", draw.of(target.words() ? List.of("What does it say at %s?", "Read the text in %s.")
            : List.of("What is at %s?", "What do you see in %s?")).formatted(box), target.name()));
      }
    }
    if (targets.size() > 1 && targets.size() <= 6) {
      StringBuilder all = new StringBuilder();
      for (Target target : targets) {
        all.append(all.isEmpty() ? "" : ", ").append(target.words() ? "\"" + target.name() + "\"" : target.name())
            .append(' ').append(boxes.write(target.box(), width, height));
      }
      turns.add(new Turn("list", "Locate all of these: " + String.join(", ", targets.stream().map(t -> t.words() ? "\"" + t.name() + "\"" : t.name())
          .toList()) + ".", all.toString()));
    }
    return turns;
  }

  /** Each target once, its number given or asked for; mark 1 is on the first. */
  public static List<Turn> marks(Draw draw, List<Target> targets) {
    List<Turn> turns = new ArrayList<>();
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < targets.size(); i++) {
      Target target = targets.get(i);
      String number = Integer.toString(i + 1);
      if (draw.chance(0.5)) {
        turns.add(new Turn("mark", draw.of(List.of("Which mark is on %s?", "What is the number of %s?")).formatted(target.phrase()), number));
      } else {
        turns.add(new Turn("marked", draw.of(target.words() ? List.of("What does it say at mark %s?", "Read the text marked %s.")
            : List.of("What is mark %s?", "What is marked %s?")).formatted(number), target.name()));
      }
      all.append(all.isEmpty() ? "" : "\n").append(number).append(": ").append(target.name());
    }
    if (targets.size() > 1) turns.add(new Turn("marks", draw.of(List.of("List the marks.", "What is at each mark?")), all.toString()));
    return turns;
  }
}
