package io.llama3v.train.stage;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.shard.ShardIndex;
import io.llama3v.text.ContextWindow;
import io.llama3v.text.Tokenizer;
import io.llama3v.train.eval.Bootstrap;
import io.llama3v.train.eval.EvaluationTable;
import io.llama3v.train.eval.EvaluationTable.Bar;
import io.llama3v.train.eval.EvaluationTable.Row;
import io.llama3v.train.eval.ExactMatch;
import io.llama3v.train.eval.Retrieval;
import io.llama3v.train.eval.TokenF1;
import io.llama3v.train.report.Progress;
import io.llama3v.train.report.RunFiles;
import io.llama3v.vision.clip.ClipModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures what came out, against chance and against the blind baseline (the same language model without the picture): zero-shot
 * retrieval, captions, and questions of each kind about concepts that were never trained on. Writes evaluation.json,
 * samples.json and report.html into the run's folder, and prints the table.
 */
final class EvaluationStage implements Stage {
  private static final int CAPTION_TOKENS = 40;
  /** Questions of a kind, and captions of a set, that the report shows, with the layers' attention. */
  private static final int QUESTION_CARDS = 8;
  private static final int CAPTION_CARDS = 4;

  @Override
  public void run(StageContext context) throws IOException {
    EvaluationSection s = context.config().evaluation();
    List<Row> rows = new ArrayList<>();
    SampleCards cards;
    try (Tokenizer tokenizer = context.tokenizer()) {
      retrieval(context, s, tokenizer, rows);
      try (VisionLanguageModel model = VisionLanguageModel.load(context.backend(), context.folder(SftStage.SOUP))) {
        cards = new SampleCards(context.config().run(), model.config().vision().imageSize(), model.config().vision().maxTiles());
        Answerer answerer = new Answerer(context.backend(), model, tokenizer, context.config().adapter().maxTokens());
        questions(context, s, answerer, "held-out concepts", context.shards("eval/questions"), true, rows, cards);
        questions(context, s, answerer, "seen concepts", context.shards("eval/questions-seen"), false, rows, cards);
        captions(context, s, answerer, rows, cards);
      }
    }
    EvaluationTable table = new EvaluationTable("Evaluation", rows);
    EvaluationTable.write(context.config().run().resolve("evaluation.json"), List.of(table));
    cards.write();
    System.out.println(table.toConsole());
  }

  private static void retrieval(StageContext context, EvaluationSection s, Tokenizer tokenizer, List<Row> rows) throws IOException {
    Path folder = context.config().clip().load() == null ? context.folder("clip") : context.config().clip().load();
    try (ClipModel clip = ClipModel.load(context.backend(), folder); Tokenizer own = clipTokenizer(context)) {
      ContextWindow window = ContextWindow.of(own == null ? tokenizer : own, clip.config().text().maxPositions());
      RetrievalEvaluation evaluation = new RetrievalEvaluation(clip, window, context.config().clip().picture());
      for (String[] set : new String[][] {{"eval/concepts", "held-out concepts"}, {"eval/family", "held-out family"}}) {
        List<Retrieval> groups;
        try (ShardIndex index = ShardIndex.open(context.shards(set[0]))) {
          // Names and tags without colours.
          groups = evaluation.runGroups(index, s.candidates(), sample -> sample.json().path("names").asText());
        }
        double bar = set[0].endsWith("family") ? s.bars().family() : s.bars().concepts();
        int candidates = groups.get(0).candidates();
        int queries = groups.size() * candidates;
        double r1 = groups.stream().mapToDouble(Retrieval::r1).average().orElseThrow();
        double r10 = groups.stream().mapToDouble(Retrieval::r10).average().orElseThrow();
        Row first = Row.of("retrieval", "image to text", set[1], "R@1", queries, r1).withChance(Retrieval.chance(1, candidates));
        rows.add(bar > 0 ? first.withBar(Bar.timesChance(bar)) : first);
        rows.add(Row.of("retrieval", "image to text", set[1], "R@10", queries, r10).withChance(Retrieval.chance(10, candidates)));
      }
    }
  }

  /** The tokenizer of a CLIP that was brought along, where one lies beside its weights; null for one that has the run's. */
  private static Tokenizer clipTokenizer(StageContext context) throws IOException {
    Path given = context.config().clip().load();
    return given == null || !Tokenizer.isIn(given) ? null : Tokenizer.load(given);
  }

  private static void questions(StageContext context, EvaluationSection s, Answerer answerer, String split, String pattern, boolean report,
      List<Row> rows, SampleCards cards) throws IOException {
    Map<String, List<double[]>> scores = new LinkedHashMap<>();
    Map<String, Map<String, Integer>> answers = new LinkedHashMap<>();
    try (ShardIndex index = ShardIndex.open(pattern); Progress bar = Progress.of("questions, " + split, 5L * s.questionsPerKind())) {
      for (Sample sample : index.all()) {
        for (JsonNode q : sample.json().path("conversations")) {
          String kind = q.path("kind").asText();
          List<double[]> ofKind = scores.computeIfAbsent(kind, k -> new ArrayList<>());
          if (ofKind.size() >= s.questionsPerKind()) continue;
          String question = q.path("question").asText();
          String target = q.path("answer").asText();
          Answerer.Seen card = report && ofKind.size() < QUESTION_CARDS
              ? answerer.explain(sample, question, AnswerScore.ANSWER_TOKENS) : null;
          String seen = card == null ? answerer.answer(sample, question, AnswerScore.ANSWER_TOKENS) : card.answer();
          String blind = answerer.blind(question, AnswerScore.ANSWER_TOKENS);
          ofKind.add(new double[] {AnswerScore.of(kind, seen, target), AnswerScore.of(kind, blind, target)});
          answers.computeIfAbsent(kind, k -> new LinkedHashMap<>()).merge(ExactMatch.normalize(target), 1, Integer::sum);
          if (card != null) cards.add(sample, kind, question, target, card, blind);
          bar.step();
        }
      }
    }
    scores.forEach((kind, list) -> {
      double[] seen = list.stream().mapToDouble(x -> x[0]).toArray();
      double majority = answers.get(kind).values().stream().mapToInt(n -> n).max().orElse(0) / (double) list.size();
      Row row = Row.of("questions", kind, split, kind.equals("read") ? "ANLS" : "accuracy", list.size(), mean(list, 0)).withBlind(mean(list, 1))
          .withInterval(Bootstrap.mean(seen, context.config().seed()));
      // A word that is read has no answer that is more frequent than others.
      if (!kind.equals("read")) row = row.withChance(majority);
      double points = report ? bar(s.bars(), kind) : 0;
      rows.add(points > 0 ? row.withBar(Bar.aboveBlind(points)) : row);
    });
  }

  private static double bar(EvaluationSection.Bars bars, String kind) {
    return switch (kind) {
      case "colour" -> bars.colour();
      case "corner" -> bars.corner();
      case "count" -> bars.count();
      default -> 0;
    };
  }

  private static void captions(StageContext context, EvaluationSection s, Answerer answerer, List<Row> rows, SampleCards cards)
      throws IOException {
    String blind = answerer.blindDescription(CAPTION_TOKENS);
    for (String[] set : new String[][] {{"eval/captions", "held-out concepts"}, {"eval/captions-seen", "seen concepts"}}) {
      List<double[]> scores = new ArrayList<>();
      try (ShardIndex index = ShardIndex.open(context.shards(set[0])); Progress bar = Progress.of("captions, " + set[1], s.captions())) {
        for (Sample sample : index.all()) {
          if (scores.size() == s.captions()) break;
          List<String> references = new ArrayList<>();
          sample.json().path("captions").forEach(c -> references.add(c.asText()));
          Answerer.Seen card = scores.size() < CAPTION_CARDS ? answerer.explainDescription(sample, CAPTION_TOKENS) : null;
          String caption = card == null ? answerer.describe(sample, CAPTION_TOKENS) : card.answer();
          scores.add(new double[] {TokenF1.score(caption, references), TokenF1.score(blind, references)});
          if (card != null) cards.add(sample, "caption", "(describe the picture)", references.get(0), card, blind);
          bar.step();
        }
      }
      rows.add(Row.of("captions", "scenes", set[1], "token F1", scores.size(), mean(scores, 0)).withBlind(mean(scores, 1)));
    }
  }

  private static double mean(List<double[]> list, int column) {
    return list.stream().mapToDouble(x -> x[column]).average().orElse(Double.NaN);
  }
}
