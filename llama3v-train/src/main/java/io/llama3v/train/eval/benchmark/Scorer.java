package io.llama3v.train.eval.benchmark;

import io.llama3v.data.convert.Metric;
import io.llama3v.data.convert.Truth;
import io.llama3v.train.eval.Anls;
import io.llama3v.train.eval.ExactMatch;
import io.llama3v.train.eval.MultipleChoice;
import io.llama3v.train.eval.OpenAnswer;
import io.llama3v.train.eval.RelaxedAccuracy;
import io.llama3v.train.eval.VqaAccuracy;

/**
 * The scores of answers by a metric in a named variant; where the public scorers of a benchmark disagree there are several, the first of
 * which is the usual one.
 *
 * @param name   as tables name it, variant included
 * @param metric the questions that it scores
 * @param score  a number from 0 to 1
 */
record Scorer(String name, Metric metric, Rule score) {
  /** Scores one answer. */
  interface Rule {
    double of(Truth truth, String response);
  }

  /** All of them. */
  static Scorer[] all() {
    return new Scorer[] {
        new Scorer("VQA accuracy", Metric.VQA_ACCURACY, (t, r) -> VqaAccuracy.score(r, t.answers())),
        new Scorer("ANLS (RRC)", Metric.ANLS, (t, r) -> Anls.score(r, t.answers(), Anls.Variant.RRC)),
        new Scorer("ANLS (Pix2Struct)", Metric.ANLS, (t, r) -> Anls.score(r, t.answers(), Anls.Variant.PIX2STRUCT)),
        new Scorer("relaxed accuracy", Metric.RELAXED_ACCURACY, (t, r) -> t.answers().stream().anyMatch(a -> RelaxedAccuracy.matches(r, a)) ? 1 : 0),
        new Scorer("accuracy", Metric.MULTIPLE_CHOICE, (t, r) -> right(t, parse(t, r)) ? 1 : 0),
        new Scorer("accuracy, guesses wrong", Metric.MULTIPLE_CHOICE, (t, r) -> {
          MultipleChoice.Parsed parsed = parse(t, r);
          return right(t, parsed) && !parsed.guessed() ? 1 : 0;
        }),
        new Scorer("accuracy", Metric.OPEN_ANSWER, (t, r) -> OpenAnswer.matches(r, t.answers()) ? 1 : 0),
        new Scorer("accuracy, guesses wrong", Metric.OPEN_ANSWER, (t, r) -> OpenAnswer.matches(r, t.answers()) ? 1 : 0),
        new Scorer("exact match", Metric.EXACT_MATCH, (t, r) -> t.answers().stream().anyMatch(a -> ExactMatch.matches(r, a)) ? 1 : 0)};
  }

  /** Whether nothing could be read out of an answer, so that an option was guessed; empty answers of other metrics count as such. */
  static boolean unparsed(Truth truth, String response) {
    return truth.metric() == Metric.MULTIPLE_CHOICE ? parse(truth, response).guessed() : response.isBlank();
  }

  /** The score of an option drawn at random; NaN where there are none. */
  static double chance(Truth truth) {
    return truth.metric() == Metric.MULTIPLE_CHOICE ? 1.0 / truth.options().size() : Double.NaN;
  }

  private static MultipleChoice.Parsed parse(Truth t, String response) {
    return MultipleChoice.parse(response, t.options(), t.id());
  }

  private static boolean right(Truth t, MultipleChoice.Parsed parsed) {
    return t.answers().contains(parsed.letter());
  }
}
