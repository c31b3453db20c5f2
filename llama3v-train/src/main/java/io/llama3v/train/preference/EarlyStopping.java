package io.llama3v.train.preference;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Keeps the score of every evaluation, and says when to stop: after {@code patience} evaluations in a row of which none is better than
 * the best before. An evaluation of a step that was evaluated before replaces that one and all later ones, so that a training which goes
 * on from a checkpoint decides as it would have.
 */
public final class EarlyStopping {
  /** A score at a step. */
  public record Score(long step, double value) {}

  private final int patience;
  private final List<Score> scores = new ArrayList<>();

  /** Begins with scores taken before. */
  public EarlyStopping(int patience, List<Score> before) {
    if (patience < 1) throw new IllegalArgumentException("patience " + patience + "; expected 1 or more");
    this.patience = patience;
    scores.addAll(before);
  }

  /** Notes a score; returns true if it is better than all before. */
  public boolean note(long step, double value) {
    scores.removeIf(s -> s.step >= step);
    boolean better = best().map(b -> value > b.value).orElse(true);
    scores.add(new Score(step, value));
    return better;
  }

  /** The best score, of equals the first. */
  public Optional<Score> best() {
    Score best = null;
    for (Score s : scores) if (best == null || s.value > best.value) best = s;
    return Optional.ofNullable(best);
  }

  /** True if the last {@code patience} evaluations brought nothing better. */
  public boolean stop() {
    if (scores.isEmpty()) return false;
    return scores.size() - 1 - scores.indexOf(best().orElseThrow()) >= patience;
  }

  /** All scores, in order. */
  public List<Score> scores() {
    return List.copyOf(scores);
  }
}
